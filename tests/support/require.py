"""What a test needs of the machine: without it the test is skipped, but fails where all is due."""

from __future__ import annotations

import os

import pytest


def all_is_due() -> bool:
    """Whether this run may leave nothing out: the one before a change is taken."""
    return os.environ.get("PORTAL_TEST_REQUIRE") == "1"


def require(condition: object, what: str) -> None:
    """Skip the test unless ``condition`` holds; with PORTAL_TEST_REQUIRE=1 fail it.

    :param what: what is missing, for a person: ``Chromium``, ``clamd``.
    """
    if condition:
        return
    message = f"{what} is not on this machine."
    if all_is_due():
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
