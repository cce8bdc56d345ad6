"""What a test needs of the machine: without it the test is skipped, but fails where all is due."""

from __future__ import annotations

import os

import pytest


def require(condition: object, what: str) -> None:
    """Skip the test unless ``condition`` holds; with PORTAL_TEST_REQUIRE=1 fail it.

    :param what: what is missing, for a person: ``Chromium``, ``clamd``.
    """
    if condition:
        return
    message = f"{what} is not on this machine."
    if os.environ.get("PORTAL_TEST_REQUIRE") == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
