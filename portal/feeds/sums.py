"""How it adds up: what was charged less what was applied is what is owed, case by case.

Per case as of its balances' date: charges due by then, less allocations of payments received by
then and not reversed by then (``held`` and ``refund`` lower no balance), equal the balances.
Current support and arrears count together, every other category alone. One pass over each table,
in the order it is kept.
"""

from __future__ import annotations

from datetime import date

from portal.feeds.builder import Builder
from portal.rules.vocabulary import SUPPORT, Category

_OTHERS = [category.value for category in Category if category not in SUPPORT]
_GROUPS = ("support", *_OTHERS)


def _by_group(sign: str = "") -> str:
    support = ", ".join(f"'{category.value}'" for category in sorted(SUPPORT))
    parts = [f"{sign}SUM(CASE WHEN x.category IN ({support}) THEN x.amount ELSE 0 END)"]
    parts += [
        f"{sign}SUM(CASE WHEN x.category = '{category}' THEN x.amount ELSE 0 END)"
        for category in _OTHERS
    ]
    return ", ".join(parts)


_AS_OF = """
    INSERT INTO stage.case_as_of SELECT case_id, MAX(as_of) FROM record.balances
    GROUP BY case_id ORDER BY case_id
"""
_CHARGES = f"""
    INSERT INTO stage.case_sums SELECT x.case_id, {_by_group()} FROM record.charges x
    LEFT JOIN stage.case_as_of d ON d.case_id = x.case_id
    WHERE x.due_on <= COALESCE(d.as_of, :as_of) GROUP BY x.case_id
"""
_ALLOCATIONS = f"""
    INSERT INTO stage.case_sums SELECT x.case_id, {_by_group("-")} FROM record.allocations x
    JOIN record.payments p ON p.case_id = x.case_id AND p.payment_id = x.payment_id
    LEFT JOIN stage.case_as_of d ON d.case_id = x.case_id
    WHERE p.received_on <= COALESCE(d.as_of, :as_of)
    AND (p.reversed_on IS NULL OR p.reversed_on > COALESCE(d.as_of, :as_of)) GROUP BY x.case_id
"""
_BALANCES = f"""
    INSERT INTO stage.case_sums SELECT x.case_id, {_by_group("-")} FROM record.balances x
    GROUP BY x.case_id
"""
_OFF = f"""
    INSERT INTO stage.case_off SELECT case_id FROM stage.case_sums GROUP BY case_id
    HAVING {" OR ".join(f"SUM({group}) <> 0" for group in _GROUPS)}
"""
_CHECKS = """
    INSERT INTO record.case_checks (case_id, lost_rows, adds_up)
    SELECT c.case_id, COALESCE(l.lost, 0), o.case_id IS NULL FROM record.cases c
    LEFT JOIN (SELECT case_id, SUM(row_count) AS lost FROM stage.lost GROUP BY case_id) l
    ON l.case_id = c.case_id LEFT JOIN stage.case_off o ON o.case_id = c.case_id
    WHERE l.case_id IS NOT NULL OR o.case_id IS NOT NULL ORDER BY c.case_id
"""


def check_cases(builder: Builder, as_of: date) -> int:
    """Write ``case_checks``; the number of cases that do not add up.

    :param as_of: the extract's date, for cases without a balance.
    """
    # What earlier deltas lost stays lost until a full extract.
    builder.run(
        "INSERT INTO stage.lost SELECT case_id, lost_rows FROM record.case_checks"
        " WHERE lost_rows > 0"
    )
    builder.run("DELETE FROM record.case_checks")
    builder.run("CREATE TABLE stage.case_as_of (case_id VARCHAR(32) PRIMARY KEY, as_of DATE)")
    builder.run("CREATE TABLE stage.case_off (case_id VARCHAR(32) PRIMARY KEY)")
    sums = ", ".join(f"{group} BIGINT" for group in _GROUPS)
    builder.run(f"CREATE TABLE stage.case_sums (case_id VARCHAR(32), {sums})")
    builder.run(_AS_OF)
    day = {"as_of": as_of.isoformat()}
    builder.run(_CHARGES, day)
    builder.run(_ALLOCATIONS, day)
    builder.run(_BALANCES)
    not_adding_up = builder.run(_OFF)
    builder.run(_CHECKS)
    return not_adding_up
