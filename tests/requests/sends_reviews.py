"""A process that sends one review after another, and says each number once it is committed.

python -m tests.requests.sends_reviews INSTANCE ACCOUNT PARTICIPANT
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path
from types import SimpleNamespace

from portal.context import Context, open_context
from portal.requests.add_evidence import StoredFile, add_evidence
from portal.requests.clean_upload import CleanedFile
from portal.requests.drafts import begin_draft, discard_draft, find_draft, save_draft
from portal.requests.evidence_store import EvidenceStore
from portal.requests.file_review import KIND, file_review
from portal.settings import load_settings
from tests.requests.open_letter import open_letter
from tests.support.clock import Clock
from tests.support.keys import TEST_KEY


def open_instance(folder: Path) -> Context:
    environ = {"PORTAL_MODE": "test", "PORTAL_SECRET_KEYS": TEST_KEY}
    return open_context(load_settings(environ, instance=folder), Clock())


def send_one(context: Context, account: str, participant: str, number: int) -> str:
    """As the pages do: the draft, then the file before its row, then the request."""
    actor, now = SimpleNamespace(id=account, participant_id=participant), context.now()
    with context.database.transaction() as session:
        left = find_draft(session, account, KIND)  # by one that was killed
        if left is not None:
            discard_draft(session, left)
        draft = begin_draft(session, context.sealer, account, KIND, now)
        letter = open_letter(session, account)
        save_draft(session, context.sealer, draft, now, letter=letter, cases=[], grounds=["other"],
                   words=f"number {number}")  # fmt: skip
        draft_id = draft.id
    file = CleanedFile("stub.jpg", "image/jpeg", b"%d" % number * 20_000)
    stored = StoredFile(file, EvidenceStore(context.settings.evidence_url), context.sealer)
    with context.database.transaction() as session:
        draft = session.get_one(type(draft), draft_id)
        add_evidence(session, context.sealer, draft, stored, now, is_scanned=False)
        added = stored.id
    with context.database.transaction() as session:
        sent = file_review(session, context.sealer, context.agency, actor, draft_id, now)
        return f"{sent.number} {added}"


def main() -> None:
    folder, account, participant = sys.argv[1:]
    context = open_instance(Path(folder))
    context.agency  # noqa: B018  (read before the first kill can come)
    print("ready", flush=True)
    for number in count():
        if number % 50 == 49:  # the limit on files a day is not what is tested here
            context.read_clock.forward(days=2)  # type: ignore[attr-defined]
        print(send_one(context, account, participant, number), flush=True)


if __name__ == "__main__":
    main()
