"""Opening a case as someone, for the tests of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from portal.context import Context
from portal.feeds.load import load
from portal.ledger.case_view import CaseView, open_case
from tests.support.extract import ExtractBuilder

TODAY = date(2026, 11, 22)


def loaded(context: Context, folder: Path, builder: ExtractBuilder) -> None:
    """Load the extract as the command does."""
    load(context, builder.write(folder / "extract"), max_rejects=1000)


@contextmanager
def opened(
    context: Context, participant_id: str, case_id: str, today: date = TODAY
) -> Iterator[tuple[Session, CaseView]]:
    """The case as that person sees it on that day."""
    with context.database.session() as session:
        view = open_case(session, participant_id, case_id, agency=context.agency, today=today)
        assert view is not None
        yield session, view


def a_case(*roles: tuple[str, str, str, str]) -> ExtractBuilder:
    """Case `C1` with members (participant, role, since, until), all of them persons."""
    builder = ExtractBuilder()
    for person in dict.fromkeys(role[0] for role in roles):
        builder.participant(person, first_name=f"First{person}")
    builder.case("C1", opened_on="2015-01-01")
    for person, role, since, until in roles:
        builder.member("C1", person, role, since, until)
    return builder
