"""Nothing of the other parent's, and nothing the table forbids, on any page or file (PRV-1, PRV-3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from portal.rules.disclosure import Datum, Shown, Viewer, shown
from tests.cases.family import Family, new_family, said
from tests.support.extract import ExtractBuilder, two_households

PRIVATE = {
    "A": ["Ana", "O'Brien", "O&#39;Brien", "Secret Way", "Lowell", "01852", "666200002", "0002",
          "9785550144", "978", "1987"],
    "B": ["Bea", "Lopez", "Quiet Ct", "Salem", "01970", "666200003", "1990"],
    "P": ["Jordan", "Pike", "666200001", "1984", "6175550111", "Dock Rd"],
}  # fmt: skip
"""What locates or identifies a person: never on anyone else's page."""

CANARIES: dict[Datum, tuple[str, ...]] = {
    Datum.PAYER_NAME: ("Harbor Freight Lines", "US Treasury"),
    Datum.PAYMENT_REFERENCE: ("TOP88812", "EFT1118", "8812"),
    Datum.WHICH_AGENCY_OFFICE_WORKER: (
        "Northern Region",
        "Dana",
        "5550100",
        "Rhode Island",
        "44000",
    ),
    Datum.WORKERS_WORDS: ("worker's words", "worker&#39;s words", "arrears over 8 weeks"),
    Datum.OTHER_HOUSEHOLDS: ("C2", "Kid2", "ES21W0002", "Essex"),
    Datum.REFUND: ("13.37",),
}
"""Values planted in the extract, by the datum they are of, as the custodial parent of C1 sees it."""


def planted() -> ExtractBuilder:
    """Two households with something of every datum on case C1."""
    builder = two_households().builder
    case = builder.find("cases.csv", case_id="C1")
    case.update(interstate="initiating", other_jurisdiction="44000")
    payment = builder.payment(
        "P", "2026-10-29", "27.78", {("C1", "arrears"): "14.41", ("C1", "refund"): "13.37"}
    )
    builder.disbursement(
        payment, "C1", "2026-10-30", "13.37", payee="payor", payee_id="P", method="check"
    )
    builder.participant("G", first_name="Gone", last_name="Guardian")
    builder.member("C1", "G", "guardian", "2021-01-04", "2026-10-31")
    builder.disbursement(payment, "C1", "2026-10-30", "14.41", payee_id="G")
    builder.settle()
    return builder


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Family]:
    """The planted family, loaded once, only to be read."""
    found = new_family(tmp_path_factory.mktemp("planted"), lint=False)
    found.load(planted())
    yield found
    found.context.database.engine.dispose()


def occurs(canary: str, text: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9_-]){re.escape(canary)}(?![A-Za-z0-9_-])", text) is not None


@pytest.mark.parametrize("viewer", ["P", "A", "B"])
def test_nothing_of_the_other_parents_shows(family: Family, viewer: str) -> None:
    """PRV-1: names, addresses, phones, birth dates, numbers; PRV-2: the marked parent's too."""
    text = family.text(viewer)
    for person, canaries in PRIVATE.items():
        if person != viewer:
            assert [it for it in canaries if occurs(it, text)] == [], person


def found_in(text: str) -> dict[Datum, list[str]]:
    """The planted values that stand in a text."""
    hits = {datum: [it for it in values if occurs(it, text)] for datum, values in CANARIES.items()}
    return {datum: values for datum, values in hits.items() if values}


def test_a_custodial_parent_is_not_shown_what_the_table_keeps_from_her(family: Family) -> None:
    kept = (Shown.NEVER, Shown.CODED_REASON)
    assert {shown(datum, Viewer.CUSTODIAL) for datum in CANARIES} <= set(kept)
    assert found_in(family.text("A")) == {}


def test_the_payor_is_shown_what_the_table_gives_and_no_more(family: Family) -> None:
    """It also shows that the sweep can fail: some canaries are found here."""
    found = found_in(family.text("P"))
    gives = {
        datum
        for datum in CANARIES
        if shown(datum, Viewer.PAYOR) not in (Shown.NEVER, Shown.CODED_REASON, Shown.MASKED)
    }
    assert set(found) - {Datum.PAYMENT_REFERENCE} == gives
    assert found[Datum.PAYMENT_REFERENCE] == ["8812"]


def test_what_went_to_another_guardian_is_not_told(family: Family) -> None:
    """Her part shows; that and when it went to somebody else does not."""
    page = family.page("A")
    listed = page.get(page.get("/cases").path + "/payments")
    seen = page.get(listed.links()["Oct 29, 2026"])
    assert "$14.41" in seen.words
    assert "Sent to" not in seen.words
    assert "October 30" not in seen.words


def test_a_federal_tax_refund_stands_on_the_page_only(family: Family) -> None:
    """PRV-3: no CSV names it, print has other words, no filter sifts it out."""
    page = family.page("A")
    pages = family.walk("A")
    files = [seen for seen in pages.values() if not seen.is_html]
    assert files
    for seen in files:
        assert "ederal" not in said(seen), seen.path
    # The payments, the ledger, and a statement of its time as CSV and as PDF.
    assert sum("Enforcement or other" in said(seen) for seen in files) >= 4
    listed = page.get(page.get("/cases").path + "/payments")
    assert "Federal tax refund" in listed.text
    for seen in pages.values():
        for match in re.finditer(r"[^<>]*ederal[^<>]*", seen.text if seen.is_html else ""):
            before = seen.text[: match.start()]
            assert before.endswith('class="no-print">'), match.group()
    (everything,) = re.findall(r"\d+ payments, all pages \S+", listed.words)
    for source in ("federal_tax_refund", "federal_tax_offset"):
        refused = page.get(f"{listed.path}.csv?source={source}")
        assert (refused.status, refused.is_html) == (400, True)
        assert "Choose one from the list" in refused.errors
        assert everything in refused.words


def test_the_reason_of_a_hold_is_not_told(family: Family) -> None:
    """Only that it may be subject to adjustment."""
    text = family.text("A")
    assert "may be subject to adjustment" in text
    for word in ("joint", "spouse’s", "injured"):
        assert word not in text.lower()


def test_the_payor_never_learns_what_became_of_her_money(households: Family) -> None:
    """A returned check would tell that she moved."""
    text = households.text("P")
    for word in ("Came back", "came back", "Cashed", "cashed", "direct deposit", "again", "debit"):
        assert not occurs(word, text), word
    assert occurs("It came back to us", households.text("A"))
