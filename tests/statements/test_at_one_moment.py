"""A form of a statement sent twenty times at one moment makes one, on both databases (CON-1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.context import Context
from portal.notices.models import OutboxItem
from portal.statements.check_statement import State, check_code
from portal.statements.codes import new_code
from portal.statements.content import Figures
from portal.statements.models import SharedStatement
from portal.statements.own_shared import own_shared, take_back
from portal.statements.share_statement import Prepared, share
from portal.statements.shareable import SharedContent
from portal.statements.shared_pages import Days
from tests.requests.parents import load_parents
from tests.support.postgresql import postgresql_context, postgresql_server
from tests.support.race import race

__all__ = ["postgresql_context", "postgresql_server"]

DAY = date(2026, 11, 20)
CONTENT = SharedContent(
    "Jordan Pike", "C1", True, DAY, DAY, DAY, (), Figures(*[Decimal("1.00")] * 6), ()
)


def payor_of(session: Session) -> Account:
    return session.query(Account).filter_by(participant_id="P").one()


@pytest.mark.parametrize(
    "fixture", ["context", pytest.param("postgresql_context", marks=pytest.mark.postgresql)]
)
def test_twenty_at_one_moment(fixture: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """CON-1: one statement, one mail; it is checked and taken back."""
    context: Context = request.getfixturevalue(fixture)
    load_parents(context, tmp_path)
    now = context.now()

    def make(session: Session) -> str:
        prepared = Prepared(CONTENT, Days(DAY, date(2027, 1, 1)), new_code(), b"%PDF")
        return share(session, context, payor_of(session), prepared, "once", now).id

    assert len(set(race(context, make))) == 1
    with context.database.transaction() as session:
        assert session.query(SharedStatement).count() == 1
        assert session.query(OutboxItem).filter_by(template="statement_shared").count() == 1
        (mine,) = own_shared(session, context, "P", now)
        found = check_code(session, context, mine.code or "", now)
        assert found is not None
        assert (found.state, found.content) == (State.VALID, CONTENT)
        assert found.is_our_file(b"%PDF")
        take_back(session, context, payor_of(session), mine.token, now)
        again = check_code(session, context, mine.code or "", now)
        assert again is not None
        assert again.state is State.TAKEN_BACK
