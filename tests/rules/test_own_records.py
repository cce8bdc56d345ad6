"""One's own log beside the record: matched one to one, sums that add up, whatever the order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rules.house_figures import OwnRecords
from portal.rules.own_records import (
    COMPARED,
    Known,
    Reach,
    Said,
    Side,
    State,
    compare,
    match,
    match_others,
)

FIRST = date(2026, 9, 1)
AMOUNTS = (Decimal("80.00"), Decimal("120.00"))
REACH = Reach(date(2026, 8, 1), date(2026, 11, 20), date(2026, 11, 22))
days = st.integers(-10, 85).map(lambda n: FIRST + timedelta(days=n))
sides = st.sampled_from(Side)


def dollars(text: str) -> Decimal:
    return Decimal(text)


def said(key: str, on: str, amount: str = "100.00", side: Side = Side.MADE) -> Said:
    return Said(key, side, date.fromisoformat(on), dollars(amount))


def known(key: str, on: str, amount: str = "100.00", side: Side = Side.MADE) -> Known:
    day = date.fromisoformat(on)
    return Known(key, side, day, day, day, (dollars(amount),))


@st.composite
def logs(draw: st.DrawFn) -> list[Said]:
    rows = draw(st.lists(st.tuples(sides, days, st.sampled_from(AMOUNTS), st.booleans()),
                         max_size=9))  # fmt: skip
    return [Said(f"e{n}", *row[:3], direct=row[3] and n % 4 == 0) for n, row in enumerate(rows)]


@st.composite
def records(draw: st.DrawFn, prefix: str = "p") -> list[Known]:
    found = []
    rows = draw(st.lists(st.tuples(sides, days, st.integers(0, 4)), max_size=9))
    for number, (side, first, under_way) in enumerate(rows):
        last = first + timedelta(days=under_way)
        amounts = draw(st.sampled_from([(AMOUNTS[0],), (AMOUNTS[1],), AMOUNTS[::-1]]))
        found.append(Known(f"{prefix}{number}", side, last, first, last, amounts))
    return found


@given(logs(), records())
def test_each_is_used_at_most_once_and_only_for_what_it_can_mean(
    log: list[Said], record: list[Known]
) -> None:
    found = match(log, record)
    assert len(set(found.values())) == len(found)
    entries, payments = {it.key: it for it in log}, {it.key: it for it in record}
    for key, other in found.items():
        entry, payment = entries[key], payments[other]
        assert entry.side is payment.side
        assert entry.amount in payment.amounts
        assert payment.days_from(entry.on) is not None
        assert not entry.direct


@given(logs(), records(), st.randoms(use_true_random=False))
def test_the_order_of_input_does_not_matter(
    log: list[Said], record: list[Known], shuffled: random.Random
) -> None:
    other_log, other_record = list(log), list(record)
    shuffled.shuffle(other_log)
    shuffled.shuffle(other_record)
    assert match(log, record) == match(other_log, other_record)
    assert compare(log, record, [], REACH) == compare(other_log, other_record, [], REACH)


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 20), max_size=4),
    st.lists(st.integers(0, 20), max_size=4),
)
def test_as_many_as_can_be_with_the_fewest_days_between(
    log_days: list[int], record_days: list[int]
) -> None:
    """Against trying every way there is."""
    log = [Said(f"e{n}", Side.MADE, FIRST + timedelta(days=d), AMOUNTS[0])
           for n, d in enumerate(log_days)]  # fmt: skip
    record = [Known(f"p{n}", Side.MADE, day, day, day, (AMOUNTS[0],))
              for n, d in enumerate(record_days) for day in [FIRST + timedelta(days=d)]]  # fmt: skip
    found = match(log, record)
    entries, payments = {it.key: it for it in log}, {it.key: it for it in record}
    apart = [payments[p].days_from(entries[e].on) or 0 for e, p in found.items()]
    assert (len(found), -sum(apart)) == _best(log, record)


def _best(log: list[Said], record: list[Known]) -> tuple[int, int]:
    if not log:
        return 0, 0
    first, rest = log[0], log[1:]
    ways = [_best(rest, record)]
    for place, payment in enumerate(record):
        apart = payment.days_from(first.on)
        if apart is not None:
            count, days_between = _best(rest, record[:place] + record[place + 1 :])
            ways.append((count + 1, days_between - apart))
    return max(ways)


@given(logs(), records(), records(prefix="gone"))
def test_sums_add_up(log: list[Said], record: list[Known], gone: list[Known]) -> None:
    months = compare(log, record, gone, REACH)
    rows = [row for month in months for row in month.rows]
    mine = [row.said for row in rows if row.said is not None]
    assert sorted(mine, key=lambda it: it.key) == sorted(log, key=lambda it: it.key)
    assert sum(m.mine + m.apart for m in months) == sum(it.amount for it in log)
    theirs = [row.known.key for row in rows if row.known and row.state is not State.TAKEN_BACK]
    assert len(set(theirs)) == len(theirs)
    for month in months:
        counted = [row for row in month.rows if row.state in COMPARED]
        missing = sum(row.mine or 0 for row in counted if row.agency is None)
        extra = sum(row.agency or 0 for row in counted if row.mine is None)
        both = [row for row in counted if row.mine is not None and row.agency is not None]
        other = sum(row.difference for row in both)
        assert month.difference == missing - extra + other
        assert all(row.difference == 0 for row in both if row.state is State.BOTH)
        assert all(row.difference != 0 for row in both if row.state is State.OTHER_AMOUNT)
    assert [m.first for m in months] == sorted({m.first for m in months}, reverse=True)


@given(logs(), records())
def test_other_amounts_are_paired_one_to_one_after_equal_ones(
    log: list[Said], record: list[Known]
) -> None:
    """What has an equal amount beside it keeps it; of the rest nobody stands in two pairs, and no
    pair is left over that could still be made."""
    equal = match(log, record)
    rows = [row for month in compare(log, record, [], REACH) for row in month.rows]
    assert {row.said.key: row.known.key for row in rows
            if row.state is State.BOTH and row.said and row.known} == equal  # fmt: skip
    pairs = [row for row in rows if row.said is not None and row.known is not None]
    assert len({row.said.key for row in pairs if row.said}) == len(pairs)
    assert len({row.known.key for row in pairs if row.known}) == len(pairs)
    for row in rows:
        if row.state is State.OTHER_AMOUNT:
            assert row.said is not None
            assert row.known is not None
            assert row.said.side is row.known.side
            assert row.said.amount not in row.known.amounts
            assert row.known.days_from(row.said.on) is not None
    free = [row.known for row in rows if row.said is None and row.known is not None]
    for row in rows:
        if row.state is State.MISSING and row.said is not None:
            assert not any(it.side is row.said.side and it.days_from(row.said.on) is not None
                           for it in free)  # fmt: skip


def test_another_amount_of_the_same_days_is_one_row() -> None:
    log = [said("e1", "2026-10-09", "120.00"), said("e2", "2026-10-16", "100.00")]
    record = [known("p1", "2026-10-12"), known("p2", "2026-10-19")]
    [month] = compare(log, record, [], REACH)
    newer, older = month.rows
    assert (newer.state, newer.difference) == (State.BOTH, 0)
    assert (older.state, older.mine, older.agency) == (State.OTHER_AMOUNT, 120, 100)
    assert (older.difference, month.difference, month.agency) == (20, 20, 200)


def test_another_amount_of_a_payment_that_was_sent() -> None:
    log = [said("e1", "2026-10-09", "80.00", Side.RECEIVED)]
    [month] = compare(log, [known("p1", "2026-10-05", side=Side.RECEIVED)], [], REACH)
    [row] = month.rows
    assert (row.state, row.difference, row.on) == (State.OTHER_AMOUNT, -20, date(2026, 10, 9))


def test_another_amount_is_set_beside_the_whole() -> None:
    """Nearer to the part it would look as if the agency had less than came in."""
    paid = Known("p", Side.MADE, FIRST, FIRST, FIRST, (dollars("120.00"), dollars("80.00")))
    [month] = compare([Said("e", Side.MADE, FIRST, dollars("85.00"))], [paid], [], REACH)
    assert (month.rows[0].agency, month.difference) == (120, -35)


def test_cash_is_not_taken_for_what_an_employer_sent() -> None:
    cash = Said("e", Side.MADE, FIRST, dollars("77.00"), came_as=frozenset({"cash"}))
    paid = Known("p", Side.MADE, FIRST, FIRST, FIRST, (dollars("120.00"),), "employer")
    assert match_others([cash], [paid]) == {}
    assert match_others([cash], [replace(paid, came_as="cash")]) == {"e": "p"}
    assert match_others([replace(cash, came_as=frozenset())], [paid]) == {"e": "p"}
    assert match([cash], [replace(paid, amounts=(cash.amount,))]) == {"e": "p"}


def test_what_may_still_come_is_not_taken_for_another_amount() -> None:
    months = compare([said("e", "2026-11-19", "77.00")], [known("p", "2026-11-18")], [], REACH)
    assert [row.state for month in months for row in month.rows] == [State.TOO_NEW]


def test_the_windows_are_the_agencys_own() -> None:
    windows = OwnRecords(made_before_days=10, received_after_days=0)
    assert match([said("e", "2026-10-02")], [known("p", "2026-10-12")]) == {}
    assert match([said("e", "2026-10-02")], [known("p", "2026-10-12")], windows) == {"e": "p"}
    sent = known("p", "2026-10-05", side=Side.RECEIVED)
    assert match([said("e", "2026-10-06", side=Side.RECEIVED)], [sent], windows) == {}


def test_a_week_is_never_taken_for_the_next_one() -> None:
    """Weekly payments of one amount, the second of them missing: that one is named."""
    log = [said("e1", "2026-10-02"), said("e2", "2026-10-09"), said("e3", "2026-10-16")]
    record = [known("p1", "2026-10-06"), known("p3", "2026-10-20")]
    assert match(log, record) == {"e1": "p1", "e3": "p3"}
    for one, other in combinations(log, 2):
        assert match([one], [known("p", other.on.isoformat())]) == {}


def test_a_check_by_mail_comes_after_it_was_sent_and_never_before() -> None:
    sent = known("p", "2026-10-05", side=Side.RECEIVED)
    assert match([said("e", "2026-10-09", side=Side.RECEIVED)], [sent]) == {"e": "p"}
    assert match([said("e", "2026-10-02", side=Side.RECEIVED)], [sent]) == {}


def test_a_pay_day_is_found_by_the_day_it_was_withheld() -> None:
    paid = Known("p", Side.MADE, date(2026, 10, 9), date(2026, 10, 2), date(2026, 10, 9),
                 (dollars("100.00"),))  # fmt: skip
    assert match([said("e", "2026-10-02")], [paid]) == {"e": "p"}


def test_the_part_on_the_case_is_found_where_the_whole_is_not() -> None:
    paid = Known("p", Side.MADE, FIRST, FIRST, FIRST, (dollars("120.00"), dollars("80.00")))
    part = Said("e", Side.MADE, FIRST, dollars("80.00"))
    [month] = compare([part], [paid], [], REACH)
    assert month.rows[0].state is State.BOTH
    assert (month.mine, month.agency, month.difference) == (80, 80, 0)


def test_states_by_hand() -> None:
    log = [
        said("old", "2026-07-20"),
        said("both", "2026-09-30"),
        said("missing", "2026-10-14", "55.00"),
        said("bounced", "2026-10-20", "66.00"),
        said("new", "2026-11-19", "77.00"),
        Said("direct", Side.MADE, date(2026, 10, 15), dollars("40.00"), direct=True),
    ]
    record = [known("p1", "2026-10-02"), known("p2", "2026-10-28", "90.00")]
    gone = [known("g", "2026-10-21", "66.00")]
    months = compare(log, record, gone, REACH)
    states = {row.said.key: row.state for m in months for row in m.rows if row.said}
    assert states == {
        "old": State.TOO_OLD, "both": State.BOTH, "missing": State.MISSING,
        "bounced": State.TAKEN_BACK, "new": State.TOO_NEW, "direct": State.DIRECT,
    }  # fmt: skip
    by_month = {m.first: m for m in months}
    october = by_month[date(2026, 10, 1)]
    assert (october.mine, october.agency, october.apart) == (121, 90, 40)
    assert by_month[date(2026, 9, 1)].agency == 100  # in the month of the parent's own day


def test_what_was_just_sent_is_not_said_to_be_missing() -> None:
    log = [said("e", "2026-11-02", side=Side.RECEIVED)]
    record = [known("p1", "2026-11-18", side=Side.RECEIVED),
              known("p2", "2026-11-09", side=Side.RECEIVED)]  # fmt: skip
    [month] = compare(log, record, [], REACH)
    assert [row.state for row in month.rows if row.said is None] == [
        State.ON_THE_WAY, State.ONLY_AGENCY,
    ]  # fmt: skip
    assert month.agency == 100


def test_nothing_is_compared_before_the_first_entry() -> None:
    months = compare([said("e", "2026-10-09")], [known("p", "2026-09-01")], [], REACH)
    assert [row.state for m in months for row in m.rows] == [State.MISSING]
    assert compare([], [known("p", "2026-09-01")], [], REACH) == ()
