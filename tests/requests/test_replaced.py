"""Two changes of one address: the later one replaces the earlier, and outcomes keep their words."""

from __future__ import annotations

from datetime import date

import pytest

from portal.context import Context
from portal.requests.applied import apply_carried, find_carried
from portal.requests.models import Submission, SubmissionEvent
from portal.requests.outcomes import OutcomeRow, apply_outcomes
from portal.requests.release_held import release_due
from tests.requests.parents import send_address
from tests.support.accounts import mails
from tests.support.clock import Clock
from tests.support.page import Page

LATER = "99 Oak Street"
CARRIED = {
    "mail_line1": "99 OAK ST",
    "mail_city": "BOSTON",
    "mail_state": "MA",
    "mail_postal_code": "02108",
    "mail_country": "US",
}
AS_OF = date(2026, 11, 30)


def _carry(context: Context, values: dict[str, str] = CARRIED) -> int:
    with context.database.transaction(write=False) as session:
        ids = find_carried(
            session,
            context.sealer,
            context.agency,
            lambda keys: [(key, values) for key in keys],
            as_of=AS_OF,
        )
    with context.database.transaction() as session:
        return apply_carried(session, context.sealer, ids, context.now())


def _outcome(context: Context, number: str, what: str, text: str | None = None) -> list[object]:
    row = OutcomeRow(number, what, AS_OF, None, text, 2)
    with context.database.transaction() as session:
        return list(apply_outcomes(session, context.sealer, [row], context.now()))


def _states(context: Context) -> dict[str, str]:
    with context.database.session() as session:
        return {row.number: row.state for row in session.query(Submission)}


def _events(context: Context, number: str) -> list[tuple[str, str]]:
    with context.database.session() as session:
        rows = (
            session.query(SubmissionEvent)
            .join(Submission, Submission.id == SubmissionEvent.submission_id)
            .filter(Submission.number == number)
            .order_by(SubmissionEvent.id)
        )
        return [(row.event, row.actor_kind) for row in rows]


def test_a_change_is_replaced_when_a_later_one_is_carried(payor: Page, context: Context) -> None:
    """Both were sent at one moment of a clock that stands still: the order of sending counts."""
    first, second = send_address(payor), send_address(payor, line1=LATER)
    assert _carry(context) == 1
    assert _states(context) == {first: "applied", second: "applied"}
    assert _events(context, first) == [("submitted", "parent"), ("replaced", "extract")]
    assert _events(context, second) == [("submitted", "parent"), ("applied", "extract")]
    assert _carry(context) == 0
    seen = payor.get(f"/requests/{first}")
    assert "Replaced by your later change" in seen.words
    assert second in seen.words
    assert "Applied to our records" not in seen.words
    assert "Take this request back" not in seen.words
    assert "Applied to our records" in payor.get(f"/requests/{second}").words
    listed = payor.get("/requests").words
    assert "Replaced by your later change" in listed
    assert "your caseworker team" not in listed, "nothing is open"
    assert len(mails(context, "request_news")) == 2


def test_an_earlier_change_that_is_carried_replaces_nothing(payor: Page, context: Context) -> None:
    first, second = send_address(payor), send_address(payor, line1=LATER)
    assert _carry(context, {**CARRIED, "mail_line1": "12 ELM ST"}) == 1
    assert _states(context) == {first: "applied", second: "submitted"}


def test_there_and_back_again(payor: Page, context: Context) -> None:
    """The record shows the first address again: the one between was replaced, both others done."""
    numbers = [send_address(payor, line1=line) for line in (LATER, "12 Elm Street", LATER)]
    assert _carry(context) == 2
    assert [_events(context, number)[-1][0] for number in numbers] == [
        "applied",
        "replaced",
        "applied",
    ]


def test_a_change_of_another_address_is_not_replaced(payor: Page, context: Context) -> None:
    home, mail = send_address(payor, address_type="residential"), send_address(payor, line1=LATER)
    assert _carry(context) == 1
    assert _states(context) == {home: "submitted", mail: "applied"}


def test_an_outcome_for_the_later_change_replaces_the_earlier(
    payor: Page, context: Context
) -> None:
    first, second = (
        send_address(payor, address_type="residential", line1=line)
        for line in ("12 Elm Street", LATER)
    )
    assert _outcome(context, second, "received") == []
    assert _states(context)[first] == "submitted"
    assert _outcome(context, second, "applied") == []
    assert _states(context) == {first: "applied", second: "applied"}
    assert _events(context, first)[-1] == ("replaced", "agency")


def test_a_held_address_that_was_replaced_never_goes_out(
    marked: Page, context: Context, clock: Clock
) -> None:
    """PRV-2: releasing it would bring the agency back to an address the parent has left."""
    first, second = send_address(marked), send_address(marked, line1=LATER)
    assert _carry(context) == 1
    clock.forward(days=2)
    assert release_due(context, clock()) == 0
    assert _events(context, first)[-1] == ("replaced", "extract")
    assert _states(context)[second] == "applied"


@pytest.mark.parametrize("text", ["Your new address is in. Thank you.", None])
def test_the_agencys_words_come_after_an_extract_showed_the_change(
    payor: Page, context: Context, text: str | None
) -> None:
    number = send_address(payor, line1=LATER)
    assert _carry(context) == 1
    assert _outcome(context, number, "applied", text) == []
    assert _outcome(context, number, "applied", text) == [], "loaded again with a full extract"
    assert _events(context, number) == [
        ("submitted", "parent"),
        ("applied", "extract"),
        ("applied", "agency"),
    ]
    seen = payor.get(f"/requests/{number}")
    assert seen.words.count("The change was made") == 1
    assert "The agency confirmed the change" in seen.words
    assert (text or "The agency confirmed") in seen.words
    assert len(mails(context, "request_news")) == (2 if text else 1)
    assert _states(context) == {number: "applied"}
