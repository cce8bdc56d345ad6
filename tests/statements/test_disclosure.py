"""The test of the disclosure table for statements of a two-household payor's custodial parents.

The extract is rewritten so that the payor has only this case; every statement of this custodial
parent, one's own and the ones for others, stays the same byte for byte but for the random code.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from portal.statements.check_statement import check_code
from portal.statements.shareable import to_plain
from portal.statements.signing import canonical
from tests.cases.family import new_family
from tests.cases.test_byte_for_byte import crowd, only_this_case, renumber
from tests.statements.sharing import share_on, text_of, without_code
from tests.support.extract import ExtractBuilder, two_households

PERIODS = (
    ("2022-11-22", "2026-11-20"),
    ("2026-08-01", "2026-08-31"),
    ("2026-10-10", "2026-11-22"),
    ("2026-11-16", "2026-11-16"),
)


def statements_of(folder: Path, builder: ExtractBuilder, who: str) -> list[bytes | str]:
    """Every statement of a person over an extract."""
    folder.mkdir()
    family = new_family(folder, lint=False)
    family.load(builder)
    page, found = family.page(who), list[bytes | str]()
    base = page.get("/cases").path
    for first, last in PERIODS:
        query = f"?from={first}&to={last}"
        for file in ("statement.pdf", "statement.csv"):
            found.append(page.get(f"{base}/statements/{file}{query}").body)
        made = share_on(page, base, first=first, last=last)
        found.append(without_code(text_of(made.pdf())))
        with family.context.database.session() as session:
            read = check_code(session, family.context, made.code, family.context.now())
            assert read is not None
            assert read.content is not None
            found.append(canonical(to_plain(read.content)))
    family.context.database.engine.dispose()
    return found


@pytest.mark.parametrize(("who", "case_id"), [("A", "C1"), ("B", "C2")])
@pytest.mark.parametrize("change", [only_this_case, None], ids=["only-this-case", "other-ids"])
def test_a_custodial_parents_statements_do_not_depend_on_other_households(
    tmp_path: Path,
    who: str,
    case_id: str,
    change: Callable[[ExtractBuilder, str], ExtractBuilder] | None,
) -> None:
    """PRV-1"""
    builder = crowd(two_households().builder)
    rewritten = change(builder, case_id) if change else renumber(builder)
    before = statements_of(tmp_path / "before", builder, who)
    assert len(before) == 4 * len(PERIODS)
    assert before == statements_of(tmp_path / "after", rewritten, who)


def test_the_payors_own_statement_does_depend_on_them_and_the_one_for_others_does_not(
    tmp_path: Path,
) -> None:
    """PRV-1: the comparison itself can fail; and a payor can show a statement of one case without
    telling that there is another."""
    builder = crowd(two_households().builder)
    before = statements_of(tmp_path / "before", builder, "P")
    after = statements_of(tmp_path / "after", only_this_case(builder, "C1"), "P")
    assert before[0] != after[0], "whole amounts"
    assert before[2::4] == after[2::4]
    assert before[3::4] == after[3::4]
