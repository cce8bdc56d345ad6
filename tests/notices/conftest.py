"""The context of these tests sends by SMTP to a server of their own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest

from portal.context import Context
from portal.settings import Settings
from tests.support.smtp import MailServer, mail_server


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def sending(context: Context) -> Callable[..., Context]:
    """The context with other settings, such as ``mail_url``."""

    def changed(**settings: object) -> Context:
        new: Settings = dataclasses.replace(context.settings, **settings)  # type: ignore[arg-type]
        return dataclasses.replace(context, settings=new)

    return changed
