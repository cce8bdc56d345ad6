"""A worker in a process of its own, to be killed: `python -m tests.notices.outbox_worker INSTANCE URL NOW`.

It works off what is due at NOW and ends.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import tests.notices.greeting  # noqa: F401  (registers the notice)
from portal.context import open_context
from portal.notices import smtp
from portal.notices.worker import run_once
from portal.settings import load_settings
from tests.conftest import TEST_KEY


def main(instance: str, mail_url: str, now: str) -> None:
    smtp.ANSWER_SECONDS = 1
    settings = load_settings(
        {"PORTAL_MODE": "test", "PORTAL_SECRET_KEYS": TEST_KEY, "PORTAL_CLOCK": now},
        instance=Path(instance),
        mail_url=mail_url,
    )
    run_once(open_context(settings), datetime.fromisoformat(now))


if __name__ == "__main__":
    main(*sys.argv[1:])
