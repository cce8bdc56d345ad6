"""A worker in a process of its own, to be killed: `python -m tests.audit.sealing_worker INSTANCE SIZE`.

It writes and seals until it is killed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from portal.audit.seal import seal_events
from portal.context import open_context
from portal.settings import load_settings
from tests.audit.trails import write
from tests.support.keys import TEST_KEY


def main(instance: str, size: str) -> None:
    context = open_context(
        load_settings(
            {"PORTAL_MODE": "test", "PORTAL_SECRET_KEYS": TEST_KEY}, instance=Path(instance)
        )
    )
    print("started", flush=True)
    while True:
        write(context, 7)
        seal_events(context, context.now(), size=int(size))


if __name__ == "__main__":
    main(*sys.argv[1:])
