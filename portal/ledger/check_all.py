"""Every case of the record checked: our own lines, what they leave open, the agency's figures.

Our lines are right when they run from the opening to the closing without a gap, when the closing is
what the record's rows come to, summed in another way, and when it and the rest are the balances.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.ledger.balances import sums_together
from portal.ledger.case_view import CaseView
from portal.ledger.explained import Explained, explained
from portal.ledger.lines import Sums, together
from portal.record.models import Case, Member
from portal.record.read_case import CaseRow, read_cases
from portal.record.read_facts import read_facts
from portal.rules.agency import Agency
from portal.rules.money import ZERO
from portal.rules.recompute import CaseRecord, DifferenceKind, recompute, recompute_splits
from portal.rules.recompute_books import Books
from portal.rules.spans import Membership, Span
from portal.rules.vocabulary import Category, Role

_AT_ONCE = 50
"""How many cases' rows are held in memory at a time."""
Done = Callable[[int], None]


@dataclass(slots=True)
class Checked:
    """What was found; cases by number, sums in dollars."""

    cases: int = 0
    not_adding_up: list[str] = field(default_factory=list)
    """Cases whose own lines do not add up: an error of the portal's."""
    rests: dict[str, Decimal] = field(default_factory=dict)
    """What the agency's balances hold beyond its rows, each without its sign."""
    differing: dict[str, set[DifferenceKind]] = field(default_factory=dict)
    """Cases in which the agency's figures differ from an estimate by the rules."""

    @property
    def kinds(self) -> Counter[DifferenceKind]:
        """How many cases show each kind of difference."""
        return Counter(kind for kinds in self.differing.values() for kind in kinds)


def case_numbers(session: Session, sample: int | None) -> list[str]:
    """Every case of the record by number, or so many spread evenly over all."""
    found = list(session.scalars(select(Case.case_id).order_by(Case.case_id)))
    if sample is None or sample >= len(found):
        return found
    return [found[place * len(found) // sample] for place in range(sample)]


def check_cases(
    session: Session, case_ids: Iterable[str], *, agency: Agency, today: date, done: Done
) -> Checked:
    """Check the cases; `done` is told how many more are finished."""
    checked = Checked()
    for chunk in _chunks(case_ids):
        payors = _payors_of(session, chunk)
        whole = _cases_of(session, {payor for found in payors.values() for payor in found})
        related = {case_id for found in whole.values() for case_id in found}
        records = read_facts(session, {*chunk, *related})
        rows = read_cases(session, chunk)
        splits = {
            payor: recompute_splits([records[it] for it in found if it in records], agency, payor)
            for payor, found in whole.items()
        }
        for case_id in chunk:
            _check(session, rows[case_id], records[case_id], agency, today, checked)
            kinds = {it.kind for it in recompute(records[case_id], agency)}
            kinds |= {it.kind for payor in payors[case_id] for it in splits[payor][case_id]}
            if kinds:
                checked.differing[case_id] = kinds
            done(1)
    return checked


def _check(
    session: Session,
    row: CaseRow,
    record: CaseRecord,
    agency: Agency,
    today: date,
    checked: Checked,
) -> None:
    checked.cases += 1
    shown = explained(session, _whole_view(row, agency, today))
    stated = sums_together(shown.balances.by_category())
    if not adds_up(shown, record, stated):
        checked.not_adding_up.append(row.case_id)
    if shown.rest:
        checked.rests[row.case_id] = sum((abs(it) for it in shown.rest.values()), ZERO)


def adds_up(shown: Explained, record: CaseRecord, stated: Sums) -> bool:
    """Whether the lines lead from opening to closing, to what the rows come to, to the balances."""
    before: Sums | None = None
    for month in shown.months:
        sums = dict(month.opening)
        if before is not None and _nonzero(before) != _nonzero(sums):
            return False
        for line in month.lines:
            group = together(line.entry.category)
            sums[group] = sums.get(group, ZERO) + line.entry.amount
            if line.owed != sum(sums.values(), ZERO):
                return False
        if _nonzero(sums) != _nonzero(month.closing):
            return False
        before = month.closing
    books = Books(record)
    closing = {group: books.owed(group, record.as_of) for group in books.groups}
    ours = _nonzero(before or {})
    explained_too = {it: ours.get(it, ZERO) + shown.rest.get(it, ZERO) for it in Category}
    return ours == _nonzero(closing) and _nonzero(explained_too) == _nonzero(stated)


def _whole_view(row: CaseRow, agency: Agency, today: date) -> CaseView:
    """The case as somebody would see it who paid on it from the first day to the last."""
    nobody = Membership(Role.NONCUSTODIAL, Span(date.min))
    return CaseView("", row, {row.case_id: (nobody,)}, max(today, row.as_of), agency)


def _payors_of(session: Session, case_ids: Iterable[str]) -> dict[str, set[str]]:
    query = select(Member.case_id, Member.participant_id).where(
        Member.case_id.in_(list(case_ids)), Member.role == Role.NONCUSTODIAL
    )
    found: dict[str, set[str]] = defaultdict(set)
    for case_id, participant_id in session.execute(query):
        found[case_id].add(participant_id)
    return found


def _cases_of(session: Session, payors: Iterable[str]) -> dict[str, list[str]]:
    query = (
        select(Member.participant_id, Member.case_id)
        .where(Member.participant_id.in_(list(payors)), Member.role == Role.NONCUSTODIAL)
        .distinct()
        .order_by(Member.case_id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for participant_id, case_id in session.execute(query):
        found[participant_id].append(case_id)
    return found


def _chunks(case_ids: Iterable[str]) -> Iterator[list[str]]:
    waiting: list[str] = []
    for case_id in case_ids:
        waiting.append(case_id)
        if len(waiting) == _AT_ONCE:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _nonzero(sums: Mapping[Category, Decimal]) -> dict[Category, Decimal]:
    return {category: amount for category, amount in sums.items() if amount}
