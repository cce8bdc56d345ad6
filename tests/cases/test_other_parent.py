"""What the other parent can see, as a preview: both sides, held to the one table (PRV-1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.cases.other_parent_words import WORDS, told
from portal.rules.disclosure import TABLE, Datum, Shown, Viewer
from tests.cases.family import Family, new_family
from tests.support.extract import one_family
from tests.support.page import Page, Seen

SECTIONS = (
    "What the other parent sees",
    "What the other parent never sees",
    "What each of you sees alone",
    "If you are at risk",
)
# Each datum as the privacy page has it: what it says, and under which of its two lists.
PRIVACY: dict[Datum, tuple[str, bool]] = {
    Datum.ORDER: ("the court’s orders", True),
    Datum.CHARGES: ("what fell due", True),
    Datum.BALANCES: ("what is owed, for what and to whom", True),
    Datum.PAYMENT_AMOUNT: ("only the part for that case", True),
    Datum.PAYMENT_SOURCE: ("the kind of source", True),
    Datum.SENT_TO_FAMILY: ("what was sent to them", True),
    Datum.SENT_TO_OTHERS: ("what went to the state, to another agency", True),
    Datum.CHILDRENS_NAMES: ("the children’s first names", True),
    Datum.CASE_NUMBER: ("the case number", True),
    Datum.COURT_AND_DOCKET: ("the court and the docket number", True),
    Datum.CASE_STATUS: ("whether the case is open", True),
    Datum.ANOTHER_AGENCY: ("that another agency takes part", True),
    Datum.WORKERS_WORDS: ("in a few set words why the agency corrected it", True),
    Datum.CLAIM_AGAINST_ME: ("a direct payment that one of you tells us of", True),
    Datum.ENFORCEMENT: ("what is done to collect", True),
    Datum.OTHER_HOUSEHOLDS: ("of who pays: other cases", False),
    Datum.WITHHELD_ON: ("the day an employer took money", False),
    Datum.PAYER_NAME: ("who sent it", False),
    Datum.PAYMENT_REFERENCE: ("its reference", False),
    Datum.REFUND: ("what was sent back", False),
    Datum.OWN_NAME: ("your name", False),
    Datum.OTHER_PARENTS_NAME: ("your name", False),
    Datum.WHICH_AGENCY_OFFICE_WORKER: ("which office or worker sees to the case", False),
    Datum.LETTERS: ("your letters", False),
    Datum.OTHER_PARENTS_DATA: ("driver’s license or language", False),
    Datum.OTHER_PARENTS_REQUESTS: ("your requests, your reviews, or that you sent any", False),
    Datum.OWN_RECORDS: ("your own records", False),
}


def preview(family: Family, person: str, case: int = 0) -> Seen:
    base = family.open(person, case=case).path
    return family.page(person).get(f"{base}/other-parent")


def parts(seen: Seen) -> dict[str, str]:
    """The page's words by heading."""
    found, rest = {}, seen.words
    for name, following in zip(SECTIONS, (*SECTIONS[1:], ""), strict=True):
        rest = rest.partition(f" {name} ")[2]
        found[name] = rest.partition(f" {following} ")[0] if following else rest
    return found


@pytest.mark.parametrize("other", [Viewer.PAYOR, Viewer.CUSTODIAL])
def test_every_cell_of_the_table_has_words(other: Viewer) -> None:
    """A new datum, or a cell that says something else, is not on the page until it has words."""
    assert set(WORDS[other]) == {(datum, row[other]) for datum, row in TABLE.items()}
    assert {datum for datum, _words in told(other)} == set(Datum)


@pytest.mark.parametrize("other", [Viewer.PAYOR, Viewer.CUSTODIAL])
def test_what_is_never_shown_stands_among_what_is_never_seen(other: Viewer) -> None:
    for datum, words in told(other):
        is_never = TABLE[datum][other] in (Shown.NEVER, Shown.ADDRESSEE)
        own = datum in (Datum.OWN_NAME, Datum.OWN_RECORDS)
        assert words.group == ("their_own" if own else "never" if is_never else "sees"), datum


def test_the_privacy_page_is_held_to_the_table(page: Page) -> None:
    """Whoever adds a datum to the table says it there too."""
    assert set(PRIVACY) == set(Datum)
    words = page.get("/privacy").words
    before, _heading, after = words.partition("What the other parent never sees")
    never, _heading, _rest = after.partition("How we keep it")
    for datum, (said, is_seen) in PRIVACY.items():
        assert said in (before if is_seen else never), datum
        both = {TABLE[datum][it] for it in (Viewer.PAYOR, Viewer.CUSTODIAL)}
        assert is_seen == (Shown.NEVER not in both and datum not in _EACH_OWN), datum


_EACH_OWN = (Datum.OWN_NAME, Datum.OWN_RECORDS, Datum.LETTERS)


def test_the_custodial_parent_sees_what_the_payor_sees(households: Family) -> None:
    """With the case's own figures, and by name alone what the table keeps from her."""
    seen = preview(households, "A")
    said = parts(seen)
    sees, never = said[SECTIONS[0]], said[SECTIONS[1]]
    assert "The case number C1" in sees
    assert "Kid1" in sees
    assert "SU21W0001" in sees
    assert "$100.00 every week" in sees
    assert "Support fell due, November 20, 2026: $100.00" in sees
    assert "Payment of November 18, 2026, for this case: $80.00" in sees
    assert "The day we first sent money of a payment on" in sees
    assert "first sent on" not in sees
    assert "A collection action, October 1, 2026" in sees
    assert "Your address, phone numbers, e-mail, employer" in never
    assert "Which office and which worker" in never
    for secret in ("$120.00", "C2", "Harbor", "EFT", "Dana", "Lopez", "Pike", "license_susp"):
        assert secret not in seen.source, secret


def test_the_payor_sees_what_the_custodial_parent_sees(households: Family) -> None:
    seen = preview(households, "P")
    said = parts(seen)
    sees, never = said[SECTIONS[0]], said[SECTIONS[1]]
    assert "Payment of November 18, 2026, for this case: $80.00" in sees
    assert "Payment of November 18, 2026: Employer" in sees
    assert "A collection action, October 1, 2026" in sees
    assert "License" not in sees
    assert "Whether you have other cases" in never
    assert "The name of your employer" in never
    assert "The day your employer took money from your pay" in never
    for hers in ("Secret Way", "Lowell", "O’Brien", "O'Brien", "$120.00", "Harbor", "cashed "):
        assert hers not in seen.words.replace("was cashed.", ""), hers


def test_the_switch_leads_to_the_same_page_of_the_other_case(households: Family) -> None:
    seen = preview(households, "P")
    other = next(href for name, href in seen.links().items() if name.startswith("Case C2"))
    assert other.endswith("/other-parent")
    assert "Case C2" in households.page("P").get(other).words


def test_the_account_leads_there(households: Family) -> None:
    page = households.page("A")
    link = page.get("/account").links()["What the other parent can see"]
    assert page.get(link).h1 == "What the other parent can see"
    assert page.get("/privacy").links()["See it for your own case"] == link


def test_a_safety_mark_is_told_to_its_parent_alone(households: Family) -> None:
    """PRV-2: A is marked."""
    hers = preview(households, "A").words
    assert "Your account is marked" in hers
    assert "a new address waits for 24 hours" in hers
    theirs = preview(households, "P").words
    assert "is marked" not in theirs
    assert "If the other parent could harm you or your child" in theirs


def test_whether_there_is_another_parent_is_not_told(tmp_path: Path) -> None:
    """The same words with one who has access, with one who has left, and with none."""
    seen = []
    for number in range(3):
        builder = one_family().builder
        if number == 1:
            builder.find("members.csv", participant_id="P")["until"] = "2026-11-01"
        if number == 2:
            rows = builder.rows["members.csv"]
            builder.rows["members.csv"] = [row for row in rows if row["role"] != "noncustodial"]
        (tmp_path / str(number)).mkdir()
        family = new_family(tmp_path / str(number))
        family.load(builder)
        seen.append(preview(family, "A").source)
        family.context.database.engine.dispose()
    assert seen[0] == seen[1] == seen[2]


def test_one_without_a_case_reads_it_in_general(households: Family) -> None:
    """A stranger of the case sees nothing of it (ACL-1); the staff have no such page."""
    seen = households.page("nobody").get("/account/other-parent")
    assert seen.h1 == "Privacy"
    assert "case of yours" not in seen.words
    base = households.open("A").path
    assert households.page("S").get(f"{base}/other-parent").status == 404


def test_a_refund_is_not_in_the_part_that_is_previewed(family: Family) -> None:
    builder = one_family().builder
    builder.payment(
        "P", "2026-11-19", "30.00", {("C1", "arrears"): "10.00", ("C1", "refund"): "20.00"}
    )
    builder.settle()
    family.load(builder)
    for person in ("P", "A"):
        words = preview(family, person).words
        assert "Payment of November 19, 2026, for this case: $10.00" in words


def test_a_payment_that_went_wholly_back_is_not_previewed(family: Family) -> None:
    """PRV-1: the custodial parent sees no such payment; the payor is not told that she does."""
    builder = one_family().builder
    paid = builder.payment(
        "P", "2026-11-19", "30.00", {("C1", "refund"): "30.00"}, source="federal_tax_offset"
    )
    builder.disbursement(paid, "C1", "2026-11-20", "30.00", payee="payor", payee_id="P")
    builder.settle()
    family.load(builder)
    for person in ("P", "A"):
        words = preview(family, person).words
        assert "November 19, 2026" not in words
        assert "for this case: $0.00" not in words
        assert "2026, for this case: $" in words, "the one before"


def test_a_first_day_that_only_the_payor_is_shown_is_named_alone(tmp_path: Path) -> None:
    """PRV-1: a voided sending to the state counts for the payor's day, and she cannot see it: her
    preview says no later day, and is the same with it and without."""
    seen = []
    for number in range(2):
        builder = one_family().builder
        paid = builder.payment("P", "2026-11-18", "25.00", {("C1", "arrears"): "25.00"})
        if number:
            builder.disbursement(paid, "C1", "2026-11-19", "25.00", payee="state", status="void")
        builder.disbursement(paid, "C1", "2026-11-20", "25.00", payee_id="A")
        builder.settle()
        (tmp_path / str(number)).mkdir()
        family = new_family(tmp_path / str(number))
        family.load(builder)
        page = preview(family, "A")
        assert "first sent on" not in page.words
        seen.append(page.source)
        family.context.database.engine.dispose()
    assert seen[0] == seen[1]
