"""A change of address: checked, proposed, held for a marked parent, and never blocked."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.context import Context
from portal.requests.addresses import Address, from_fields, normalise, propose, same_address
from portal.requests.models import Submission, SubmissionEvent
from portal.requests.release_held import release_due
from tests.requests.parents import ADDRESS, STREET, Parents, exported, send_address, type_address
from tests.support.accounts import mails
from tests.support.clock import Clock
from tests.support.page import Page


def test_a_us_address_is_sent_as_it_was_typed_or_as_suggested(
    payor: Page, context: Context
) -> None:
    seen = type_address(payor)
    assert "12 ELM ST" in seen.words
    number = send_address(payor, choice="suggested")
    (event,) = exported(context)
    assert event["event"] == "submitted"
    assert event["kind"] == "change_of_address"
    assert event["participant"] == "P"
    assert event["case"] is None
    assert event["submission"] == number
    assert event["fields"] == {
        "address_type": "mailing",
        "from": "2026-11-20",
        "mail_line1": "12 ELM ST",
        "mail_line2": "",
        "mail_city": "BOSTON",
        "mail_state": "MA",
        "mail_postal_code": "02108",
        "mail_country": "US",
    }


@pytest.mark.parametrize(
    "lines",
    [
        {"postal_code": "90210"},
        {"line1": "The old mill behind the church", "postal_code": "021"},
        {"line1": "PO Box 12"},
        {
            "country": "PT",
            "line1": "Rua Augusta 1",
            "city": "Lisboa",
            "state": "",
            "postal_code": "1",
        },
        {
            "country": "DO",
            "line1": "Calle 1",
            "city": "Santo Domingo",
            "state": "",
            "postal_code": "",
        },
        {"line1": "Unit 1 APO", "city": "APO", "state": "AE", "postal_code": "09001"},
    ],
)
def test_checks_propose_and_never_block(payor: Page, lines: dict[str, str]) -> None:
    number = type_address(payor, **lines)
    assert number.status == 200
    if number.path.endswith("/suggestion") and number.document.query("form [name=choice]"):
        payor.submit("/suggestion", choice="typed")
    payor.get(f"{ADDRESS}/check")
    assert payor.submit("/check").path.endswith("/receipt")
    shown = payor.get(payor.seen.path.removesuffix("/receipt"))  # type: ignore[union-attr]
    assert lines.get("line1", STREET) in shown.words


def test_zip_of_another_state_is_pointed_out(payor: Page) -> None:
    assert "do not seem to match" in type_address(payor, postal_code="90210").words


def test_what_is_missing_is_asked_for_in_words(payor: Page) -> None:
    seen = type_address(payor, city="", postal_code="", state="")
    assert "Enter the city" in seen.errors
    assert "Enter the 5-digit ZIP code" in seen.errors
    assert "Choose the state" in seen.errors
    assert STREET in seen.text


def test_an_absurd_day_is_refused_and_a_future_one_taken(payor: Page) -> None:
    payor.get(f"{ADDRESS}/new")
    seen = payor.submit("/new", address_type="mailing", country="US", since="01/01/2031")
    assert "next year" in seen.errors
    assert payor.submit("/new", since="01/05/2027").path.endswith("/address")


def test_an_address_change_asks_to_sign_in_again(payor: Page, clock: Clock) -> None:
    """SES-6: five minutes after signing in, nothing of it opens, and nothing changes."""
    type_address(payor)
    payor.get(f"{ADDRESS}/check")
    clock.forward(minutes=6)
    assert "/account/authentication" in payor.submit("/check", follow=False).headers["Location"]
    for step in ("new", "address", "suggestion", "check"):
        answer = payor.get(f"{ADDRESS}/{step}", follow=False)
        assert "/account/authentication" in answer.headers["Location"]
    assert "not sent us anything" in payor.get("/requests").words


def test_a_marked_parents_address_is_held_for_a_day(
    marked: Page, context: Context, clock: Clock
) -> None:
    """PRV-2: the event leaves the address out; it comes with `released` a day later."""
    number = send_address(marked)
    assert STREET not in json.dumps(exported(context))
    assert release_due(context, clock()) == 0
    clock.forward(hours=23, minutes=59)
    assert release_due(context, clock()) == 0
    clock.forward(minutes=1)
    assert release_due(context, clock()) == 1
    assert release_due(context, clock()) == 0
    submitted, released = exported(context)
    assert submitted["fields"] == {"address_type": "mailing", "from": "2026-11-20", "held": True}
    assert released["event"] == "released"
    assert released["submission"] == number
    assert released["fields"]["mail_line1"] == STREET


def test_a_held_address_that_is_taken_back_never_goes_out(
    marked: Page, context: Context, clock: Clock
) -> None:
    number = send_address(marked)
    marked.get(f"/requests/{number}/withdrawal")
    marked.submit("/withdrawal")
    clock.forward(days=2)
    assert release_due(context, clock()) == 0
    assert STREET not in json.dumps(exported(context))
    assert [event["event"] for event in exported(context)] == ["submitted", "withdrawn"]


def test_a_marked_parents_own_page_hides_the_address(marked: Page, clock: Clock) -> None:
    """PRV-2: shown again only after signing in again."""
    number = send_address(marked)
    seen = marked.get(f"/requests/{number}")
    assert STREET not in seen.text
    asked = seen.links()["Sign in again to see it"]
    assert asked.startswith("/account/authentication?next=")
    shown = f"/requests/{number}?shown=1"
    assert unquote(asked).endswith(f"?next={shown}")
    assert STREET in marked.get(shown).words
    clock.forward(minutes=6)
    assert STREET not in marked.get(shown).text


def test_mails_tell_no_case_fact(payor: Page, marked: Page, context: Context) -> None:
    """PRV-1: of a held address the mail says only that a change was made."""
    number = send_address(payor)
    send_address(marked)
    (received,) = mails(context, "request_received")
    assert received[1] == "jordan@example.org"
    assert received[2]["number"] == number
    (changed,) = mails(context, "request_change_made")
    assert changed[1] == "ana@example.org"
    assert set(changed[2]) == {"sign_in", "phone"}


def test_the_address_lies_sealed(payor: Page, context: Context) -> None:
    """KEY-2: neither the request, nor its event, nor the draft holds it in plain."""
    type_address(payor, line1="77 Canary Wharf Lane")
    context.database.engine.dispose()
    folder = context.settings.instance
    send_address(payor, line1="77 Canary Wharf Lane")
    for path in folder.rglob("portal.db*"):
        assert b"Canary" not in path.read_bytes()
        assert b"CANARY" not in path.read_bytes()


def test_a_residential_address_has_columns_of_its_own(payor: Page, context: Context) -> None:
    send_address(payor, address_type="residential")
    (event,) = exported(context)
    assert event["fields"]["residential_line1"] == STREET
    assert "mail_line1" not in event["fields"]


def test_extra_fields_are_ignored(payor: Page, parents: Parents, context: Context) -> None:
    """ACL-2"""
    extra = {"participant_id": "A", "account_id": parents.marked.id, "state": "applied"}
    type_address(payor)
    payor.get(f"{ADDRESS}/check")
    payor.submit("/check", number="2222-2222", fv_flag="0", hold_until="x", **extra)
    with context.database.session() as session:
        row = session.query(Submission).one()
        assert (row.participant_id, row.account_id) == ("P", parents.payor.id)
        assert row.state == "submitted"
        assert session.query(SubmissionEvent).count() == 1


LINES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=60)


@settings(max_examples=60, deadline=None)
@given(LINES, LINES, LINES, LINES, LINES, st.sampled_from(["US", "CA", "DO", "JP", "GB"]))
def test_no_address_breaks_the_checks(
    line1: str, line2: str, city: str, state: str, code: str, country: str
) -> None:
    typed = Address(line1, line2, city, state, code, country)
    propose(typed)
    assert same_address(typed, typed)
    assert same_address(typed, normalise(typed))
    assert from_fields(typed.as_fields()) == typed


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12 Main Street Apt 4", "12 MAIN ST APT 4", True),
        ("12 Main Street", "14 Main Street", False),
        ("12 N. Main St.", "12 North Main Street", True),
    ],
)
def test_equal_addresses_are_known_in_any_spelling(one: str, other: str, same: bool) -> None:
    first = Address(one, "", "Boston", "MA", "02108", "US")
    second = Address(other, "", "BOSTON", "Massachusetts", "02108-1234", "US")
    assert same_address(first, second) is same
