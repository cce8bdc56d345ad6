"""Letters on each kind of database: sent, never changed, sealed anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal import create_app
from portal.context import Context
from portal.notices.letter_models import PDF, LetterRead, PortalLetter
from portal.security.permissions import StaffRole
from portal.staff.letters import AlreadySent
from tests.requests.parents import load_parents
from tests.support.letters import sent_letter
from tests.support.staff import make_staff


def test_a_letter_is_kept_as_it_went_out(either: Context, tmp_path: Path) -> None:
    """AUD-2, KEY-3: rows of letters and of their reading are only added; what is sealed may be
    sealed again, and nothing else be written."""
    load_parents(either, tmp_path)
    app, worker = create_app(context=either), make_staff(either, StaffRole.CASEWORKER)
    key = sent_letter(app, either, worker, once="C1")
    with pytest.raises(AlreadySent):
        sent_letter(app, either, worker, once="C1")
    with either.database.transaction() as session:
        session.add(LetterRead(letter_id=key, at=either.now()))
    for change in (
        "UPDATE portal_letters SET sha256 = 'x'",
        "UPDATE portal_letters SET participant_id = 'A'",
        "DELETE FROM letter_reads",
        "UPDATE letter_reads SET letter_id = 'x'",
        "DELETE FROM portal_letters",
    ):
        with (
            pytest.raises(DBAPIError, match="append-only"),
            either.database.transaction() as session,
        ):
            session.execute(text(change))
    with either.database.transaction() as session:
        kept = session.get_one(PortalLetter, key)
        pdf = either.sealer.open_bytes(kept.pdf, PDF, key)
        kept.pdf = either.sealer.seal(pdf, PDF, key)
    with either.database.transaction(write=False) as session:
        kept = session.get_one(PortalLetter, key)
        assert either.sealer.open_bytes(kept.pdf, PDF, key) == pdf
