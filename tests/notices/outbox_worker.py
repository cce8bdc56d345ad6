"""A worker in a process of its own: `python -m tests.notices.outbox_worker INSTANCE URL NOW`.

It works off what is due at NOW and ends, unless it is killed. The mail server has as long to answer
as in the agency's house: a worker on a busy machine gives no mail up that the server has.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import tests.notices.greeting  # noqa: F401  (registers the notice)
from portal.context import open_context
from portal.notices.worker import run_once
from portal.settings import load_settings
from tests.support.keys import TEST_KEY


def main(instance: str, mail_url: str, now: str) -> None:
    settings = load_settings(
        {"PORTAL_MODE": "test", "PORTAL_SECRET_KEYS": TEST_KEY, "PORTAL_CLOCK": now},
        instance=Path(instance),
        mail_url=mail_url,
    )
    run_once(open_context(settings), datetime.fromisoformat(now))


if __name__ == "__main__":
    main(*sys.argv[1:])
