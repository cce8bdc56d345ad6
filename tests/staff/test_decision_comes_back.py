"""A decision made on this site comes back with the agency's extract: it is listed once."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.context import Context
from portal.feeds.load import load
from tests.requests.parents import Parents, load_parents, signed_in
from tests.staff.on_requests import Filed, answers, caseworker, events, file_one, give
from tests.support.page import Page

LETTER = "Decision on your request for an administrative review"


@pytest.fixture
def parents(context: Context, tmp_path: Path) -> Parents:
    return load_parents(context, tmp_path)


@pytest.fixture
def decided(context: Context, page: Page, parents: Parents) -> Filed:
    """A review of the payor's about two cases, granted in part by a caseworker here."""
    filed, sam = file_one(context, parents.payor), caseworker(context)
    give(context, filed, sam)
    desk = signed_in(page, sam)
    desk.get(f"/staff/requests/{filed.number}/decision")
    desk.submit("/decision", button="action=letter", **answers(4))
    desk.submit("/sending")
    return filed


def test_an_outcome_of_what_was_decided_here_adds_nothing(
    context: Context, page: Page, other_page: Page, decided: Filed, parents: Parents, tmp_path: Path
) -> None:
    before = events(context, decided)
    assert before.count("partly_granted") == 1
    for sequence in (2, 3):
        builder = parents.family.builder
        builder.rows["outcomes.csv"] = []
        builder.outcome(decided.number, "partly_granted", "2026-11-23", text="In part.")
        load(context, builder.write(tmp_path / str(sequence), sequence=sequence))
        assert events(context, decided) == before
    payor = signed_in(other_page, parents.payor).get(f"/requests/{decided.number}").words
    assert payor.count("Decided: we agree with part of it") == 1
    assert "Decided on November 22, 2026" in payor
    worker = page.get(f"/staff/requests/{decided.number}").words
    assert worker.count("Decided: granted in part") == 1


def test_the_letter_of_it_is_listed_once(
    context: Context, other_page: Page, decided: Filed, parents: Parents, tmp_path: Path
) -> None:
    """The one of this site: it tells whether it was read, and the last day for a judge."""
    builder = parents.family.builder
    builder.notice(
        "C1", "P", "review_decision", "2026-11-22", subject="Your review, from our files"
    )
    builder.notice("C1", "P", "review_decision", "2026-11-20", subject="An earlier decision")
    builder.notice("C1", "P", "general", "2026-11-22", subject="Another letter of that day")
    load(context, builder.write(tmp_path / "next", sequence=2))
    payor = signed_in(other_page, parents.payor)
    first = payor.get("/cases")
    letters = payor.get(f"{first.path}/letters").words if "/cases/" in first.path else first.words
    assert letters.count(LETTER) == 1
    assert "Your review, from our files" not in letters
    assert "An earlier decision" in letters
    assert "Another letter of that day" in letters
