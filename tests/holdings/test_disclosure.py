"""The test of the disclosure table for everything we hold, as JSON and as PDF."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cases.family import Family, new_family
from tests.cases.test_byte_for_byte import crowd, only_this_case, renumber, steady
from tests.holdings.copies import everything, save
from tests.statements.sharing import text_of
from tests.support.extract import ExtractBuilder, two_households


def copies_of(folder: Path, builder: ExtractBuilder, who: str) -> list[bytes]:
    """Both files of a person over an extract."""
    folder.mkdir()
    family = new_family(folder, lint=False)
    family.load(builder)
    page = family.page(who)
    found = [save(page, kind).body for kind in ("json", "pdf")]
    family.context.database.engine.dispose()
    return found


@pytest.mark.parametrize(("who", "case_id"), [("A", "C1"), ("B", "C2")])
@pytest.mark.parametrize("change", [only_this_case, None], ids=["only-this-case", "other-ids"])
def test_a_custodial_parents_copy_does_not_depend_on_other_households(
    tmp_path: Path,
    who: str,
    case_id: str,
    change: Callable[[ExtractBuilder, str], ExtractBuilder] | None,
) -> None:
    """PRV-1: byte for byte, the PDF too."""
    builder = crowd(two_households().builder)
    rewritten = change(builder, case_id) if change else renumber(builder)
    before = copies_of(tmp_path / "before", builder, who)
    assert len(json.loads(before[0])["cases"][0]["payments"]) > 10
    assert before == copies_of(tmp_path / "after", rewritten, who)


def test_a_held_and_a_reissued_payment_tell_nothing_of_others(tmp_path: Path) -> None:
    """PRV-1, PRV-3"""
    before = copies_of(tmp_path / "before", steady(), "A")
    assert before == copies_of(tmp_path / "after", only_this_case(steady(), "C1"), "A")


def test_a_payors_copy_does_depend_on_them(tmp_path: Path) -> None:
    """The comparison itself can fail."""
    builder = crowd(two_households().builder)
    before = copies_of(tmp_path / "before", builder, "P")
    assert before != copies_of(tmp_path / "after", only_this_case(builder, "C1"), "P")


def test_a_federal_tax_refund_is_named_to_its_taxpayer_alone(households: Family) -> None:
    """PRV-3: in a copy it is *enforcement or other* for who is paid."""
    page = households.page("A")
    sources = {it["source"] for it in everything(page)["cases"][0]["payments"]}
    assert sources == {"employer", "other_parent", "enforcement_or_other"}
    assert "federal" not in save(page).text.lower()
    assert "federal" not in text_of(save(page, "pdf").body).lower()
    own = {it["source"] for it in everything(households.page("P"))["cases"][0]["payments"]}
    assert "federal_tax_offset" in own


def test_nothing_of_the_other_parent_and_no_key_of_a_row(households: Family) -> None:
    """PRV-1, PRV-2: no name, address, phone, employer, mark, nor an id of anybody else."""
    theirs = ("O'Brien", "14 Secret Way", "978) 555-0144", '"0002"')
    payors = save(households.page("P")).text
    assert [value for value in theirs if value in payors] == []
    mine = save(households.page("A")).text
    for value in ("Harbor Freight", "1 Main St", "Jordan", "Pike", "US Treasury", '"C2"'):
        assert value not in mine, value
    for text in (payors, mine):
        assert re.findall(r'"[0-9a-f]{32}"', text) == []
        assert "note" not in re.findall(r'"([a-z_]+)":', text)


def test_enforcement_is_grouped_for_who_is_paid(households: Family) -> None:
    for action in everything(households.page("A"))["cases"][0]["enforcement"]:
        assert action["kind"] == "collection_action"
        assert (action["status"], action["ended_on"]) == (None, None)
    kinds = {it["kind"] for it in everything(households.page("P"))["cases"][0]["enforcement"]}
    assert "collection_action" not in kinds
