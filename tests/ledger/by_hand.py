"""Twenty-two small families whose every expected figure was worked out by hand.

Nothing here is computed by the portal: the rows, the balances, what was owed as each month ended,
interest, penalty and shares stand as numbers, the arithmetic beside them as a comment. Fridays of
2026: July 3 10 17 24 31, September 4 11 18 25, October 2 9 16 23 30, November 6 13 20. The record is
as of Friday, November 20; the agency's rates are 0.5 % interest and 0.5 % penalty over $500.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.support.extract import ExtractBuilder

SEPTEMBER = "2026-09-04 2026-09-11 2026-09-18 2026-09-25"
OCTOBER = "2026-10-02 2026-10-09 2026-10-16 2026-10-23 2026-10-30"
NOVEMBER = "2026-11-06 2026-11-13 2026-11-20"

Sums = dict[str, str]
Found = tuple[str, str, str, str, str]
"""Kind, month, category, what the record has, what it would be."""


@dataclass
class Hand:
    """One family: rows for the extract, and the figures to be found."""

    extract: ExtractBuilder = field(default_factory=ExtractBuilder)
    closing: dict[str, dict[str, Sums]] = field(default_factory=dict)
    """By case and month (`2026-10`): what was owed as it ended (or on November 20)."""
    rest: dict[str, Sums] = field(default_factory=dict)
    """By case: what the balances hold beyond the rows."""
    differences: dict[str, list[Found]] = field(default_factory=dict)
    """By case: what the payor is told. A custodial parent: all but `payor_only`."""
    payor_only: frozenset[str] = frozenset()
    due: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Amount, frequency (from September 1 on), month, what it comes to."""
    month_ends: list[tuple[str, str, str, str, str, str]] = field(default_factory=list)
    """Day, past due, minimum, paid, interest, penalty."""
    splits: list[tuple[str, str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    """Amount, source, dues (`C1 current`, `C1 past arrears`), shares (`C1 arrears`)."""
    assigned: list[tuple[str, tuple[str, str], bool, tuple[str, str]]] = field(default_factory=list)
    """Amount, owed to family and state, on assistance, what goes to family and state."""

    def case(self, case_id: str = "C1", opened_on: str = "2026-01-05", **values: object) -> None:
        """A case of payor P, with a custodial parent of its own (K1 for C1)."""
        if not self.extract.rows["participants.csv"]:
            self.extract.participant("P")
        other = case_id.replace("C", "K")
        self.extract.participant(other)
        self.extract.case(case_id, opened_on=opened_on, **values)
        self.extract.member(case_id, "P", "noncustodial", opened_on)
        self.extract.member(case_id, other, "custodial", opened_on)

    def order(
        self, amount: str, frequency: str, since: str, until: str = "", **more: object
    ) -> None:
        case_id = str(more.pop("case", "C1"))
        self.extract.order(
            case_id, amount, frequency=frequency, effective_on=since, ended_on=until, **more
        )

    def charge(self, amount: str, days: str, case: str = "C1", **more: object) -> None:
        for day in days.split():
            self.extract.charge(case, day, amount, **more)

    def opening(
        self, amount: str, category: str = "arrears", case: str = "C1", on: str = "2026-08-31"
    ) -> None:
        self.extract.charge(case, on, amount, kind="opening", category=category)

    def month_end(self, day: str, interest: str, penalty: str, case: str = "C1") -> None:
        self.extract.charge(case, day, interest, category="interest")
        self.extract.charge(case, day, penalty, category="penalty")

    def paid(self, day: str, amount: str, parts: Mapping[str, str], **more: object) -> None:
        """Parts as `C1 current_support`."""
        keys = {tuple(words.split()): part for words, part in parts.items()}
        self.extract.payment(
            "P", day, amount, {(a, b): part for (a, b), part in keys.items()}, **more
        )

    def balances(self, case: str = "C1", **sums: str) -> None:
        to = {"penalty": "state", "fee": "agency"}
        for category, amount in sums.items():
            self.extract.balance(case, category, amount, owed_to=to.get(category, "family"))


def five_fridays_all_paid() -> Hand:
    it = Hand()
    it.case()
    it.order("100.00", "weekly", "2026-09-01")
    it.charge("100.00", f"{SEPTEMBER} {OCTOBER} {NOVEMBER}")
    for day in f"{SEPTEMBER} {OCTOBER} {NOVEMBER}".split():
        it.paid(day, "100.00", {"C1 current_support": "100.00"})
    it.balances(current_support="0.00", arrears="0.00")
    it.due = [
        ("100.00", "weekly", "2026-09", "400.00"),  # 4 x 100
        ("100.00", "weekly", "2026-10", "500.00"),  # 5 x 100
        ("100.00", "weekly", "2026-11", "400.00"),  # 4 x 100, the last on the 27th
    ]
    it.closing = {"C1": {"2026-09": {}, "2026-10": {}, "2026-11": {}}}
    return it


def nothing_paid_for_two_months() -> Hand:
    it = Hand()
    it.case()
    it.order("100.00", "weekly", "2026-09-01")
    it.charge("100.00", f"{SEPTEMBER} {OCTOBER} {NOVEMBER}")
    # September 30: 4 x 100 = 400, not over 500. October 31: 900, over 500, 500 asked for, 0 paid:
    # 900 x 0.005 = 4.50 interest and 4.50 penalty.
    it.month_end("2026-10-31", "4.50", "4.50")
    # November 20: 900 + 3 x 100 = 1200.
    it.balances(current_support="300.00", arrears="900.00", interest="4.50", penalty="4.50")
    it.month_ends = [
        ("2026-09-30", "400.00", "400.00", "0.00", "0.00", "0.00"),
        ("2026-10-31", "900.00", "500.00", "0.00", "4.50", "4.50"),
    ]
    it.closing = {
        "C1": {
            "2026-09": {"arrears": "400.00"},
            "2026-10": {"arrears": "900.00", "interest": "4.50", "penalty": "4.50"},
            "2026-11": {"arrears": "1200.00", "interest": "4.50", "penalty": "4.50"},
        }
    }
    return it


def _deep_in_arrears(october_interest: str) -> Hand:
    it = Hand()
    it.case()
    it.order("400.00", "monthly", "2026-01-05")
    it.opening("10000.00")
    it.opening("300.00", "interest")
    it.opening("100.00", "penalty")
    it.charge("400.00", "2026-09-01 2026-10-01 2026-11-01")
    it.month_end("2026-09-30", "52.00", "52.00")  # (10000 + 400) x 0.005
    it.month_end("2026-10-31", october_interest, "54.00")  # (10400 + 400) x 0.005 = 54.00
    return it


def interest_is_never_on_interest() -> Hand:
    it = _deep_in_arrears("54.00")
    # Interest 300 + 52 + 54 = 406, penalty 100 + 52 + 54 = 206, support 10000 + 3 x 400 = 11200.
    it.balances(current_support="400.00", arrears="10800.00", interest="406.00", penalty="206.00")
    it.month_ends = [
        ("2026-09-30", "10400.00", "400.00", "0.00", "52.00", "52.00"),
        ("2026-10-31", "10800.00", "400.00", "0.00", "54.00", "54.00"),
    ]
    it.closing = {
        "C1": {
            "2026-09": {"arrears": "10400.00", "interest": "352.00", "penalty": "152.00"},
            "2026-10": {"arrears": "10800.00", "interest": "406.00", "penalty": "206.00"},
            "2026-11": {"arrears": "11200.00", "interest": "406.00", "penalty": "206.00"},
        }
    }
    return it


def the_agency_compounded() -> Hand:
    # Had interest and penalty been part of the base: 10800 + 352 + 152 = 11304; x 0.005 = 56.52.
    it = _deep_in_arrears("56.52")
    it.balances(current_support="400.00", arrears="10800.00", interest="408.52", penalty="206.00")
    it.differences = {"C1": [("compounded", "2026-10", "interest", "56.52", "54.00")]}
    it.closing = {
        "C1": {"2026-10": {"arrears": "10800.00", "interest": "408.52", "penalty": "206.00"}}
    }
    return it


def five_hundred_is_not_over_five_hundred() -> Hand:
    it = Hand()
    it.case()
    it.order("500.00", "monthly", "2026-09-01")
    it.charge("500.00", "2026-09-01 2026-10-01 2026-11-01")
    it.paid("2026-10-05", "500.00", {"C1 current_support": "500.00"})
    it.paid("2026-11-05", "500.00", {"C1 current_support": "500.00"})
    it.balances(current_support="0.00", arrears="500.00")  # September's 500 stays unpaid
    it.month_ends = [("2026-09-30", "500.00", "500.00", "0.00", "0.00", "0.00")]
    it.closing = {
        "C1": {month: {"arrears": "500.00"} for month in ("2026-09", "2026-10", "2026-11")}
    }
    return it


def a_cent_over_five_hundred() -> Hand:
    it = Hand()
    it.case()
    it.order("500.00", "monthly", "2026-01-05")
    it.opening("0.01")
    it.charge("500.00", "2026-09-01 2026-10-01 2026-11-01")
    it.month_end("2026-09-30", "2.50", "2.50")  # 500.01 x 0.005 = 2.50005
    it.paid("2026-10-05", "500.00", {"C1 current_support": "500.00"})
    it.paid("2026-11-05", "500.00", {"C1 current_support": "500.00"})
    it.balances(current_support="0.00", arrears="500.01", interest="2.50", penalty="2.50")
    it.month_ends = [("2026-09-30", "500.01", "500.00", "0.00", "2.50", "2.50")]
    it.closing = {"C1": {"2026-11": {"arrears": "500.01", "interest": "2.50", "penalty": "2.50"}}}
    return it


def interest_under_the_threshold() -> Hand:
    it = five_hundred_is_not_over_five_hundred()
    it.month_end("2026-09-30", "2.50", "2.50")  # 500.00 x 0.005, but 500 is not over 500
    it.balances(interest="2.50", penalty="2.50")
    it.differences = {
        "C1": [
            ("under_threshold", "2026-09", "interest", "2.50", "0.00"),
            ("under_threshold", "2026-09", "penalty", "2.50", "0.00"),
        ]
    }
    it.closing = {"C1": {"2026-09": {"arrears": "500.00", "interest": "2.50", "penalty": "2.50"}}}
    return it


def the_minimum_was_paid_once_and_missed_once() -> Hand:
    it = Hand()
    it.case()
    it.order("300.00", "monthly", "2026-01-05")
    it.opening("2000.00")
    it.charge("300.00", "2026-09-01 2026-10-01 2026-11-01")
    it.paid("2026-09-08", "300.00", {"C1 current_support": "300.00"})  # all of it: no interest
    it.paid("2026-10-08", "299.99", {"C1 current_support": "299.99"})  # a cent short
    it.month_end("2026-10-31", "10.00", "10.00")  # 2000.01 x 0.005 = 10.00005
    it.balances(current_support="300.00", arrears="2000.01", interest="10.00", penalty="10.00")
    it.month_ends = [
        ("2026-09-30", "2000.00", "300.00", "300.00", "0.00", "0.00"),
        ("2026-10-31", "2000.01", "300.00", "299.99", "10.00", "10.00"),
    ]
    it.closing = {
        "C1": {
            "2026-09": {"arrears": "2000.00"},
            "2026-10": {"arrears": "2000.01", "interest": "10.00", "penalty": "10.00"},
        }
    }
    return it


def the_order_has_ended() -> Hand:
    """The minimum is then the last month's: July had five Fridays at 50, so 250."""
    it = Hand()
    it.case()
    it.order("50.00", "weekly", "2026-01-05", "2026-07-31")
    it.opening("1000.00", on="2026-06-30")
    it.charge("50.00", "2026-07-03 2026-07-10 2026-07-17 2026-07-24 2026-07-31")
    it.month_end("2026-07-31", "6.25", "6.25")  # 1250 x 0.005
    it.paid("2026-08-10", "250.00", {"C1 arrears": "250.00"})  # all that was asked for
    it.paid("2026-09-10", "249.99", {"C1 arrears": "249.99"})  # a cent short
    it.month_end("2026-09-30", "3.75", "3.75")  # (1000 - 249.99) x 0.005 = 750.01 x 0.005 = 3.75005
    it.paid("2026-10-09", "250.01", {"C1 arrears": "250.01"})  # leaves 500.00, and enough was paid
    it.balances(current_support="0.00", arrears="500.00", interest="10.00", penalty="10.00")
    it.month_ends = [
        ("2026-07-31", "1250.00", "250.00", "0.00", "6.25", "6.25"),
        ("2026-08-31", "1000.00", "250.00", "250.00", "0.00", "0.00"),
        ("2026-09-30", "750.01", "250.00", "249.99", "3.75", "3.75"),
    ]
    it.closing = {
        "C1": {
            "2026-07": {"arrears": "1250.00", "interest": "6.25", "penalty": "6.25"},
            "2026-08": {"arrears": "1000.00", "interest": "6.25", "penalty": "6.25"},
            "2026-09": {"arrears": "750.01", "interest": "10.00", "penalty": "10.00"},
            "2026-11": {"arrears": "500.00", "interest": "10.00", "penalty": "10.00"},
        }
    }
    return it


def only_what_the_employer_withholds() -> Hand:
    it = Hand()
    it.case(service="income_withholding_only")
    it.order("100.00", "weekly", "2026-09-01")
    it.charge("100.00", f"{SEPTEMBER} {OCTOBER} {NOVEMBER}")
    it.month_end("2026-10-31", "4.50", "4.50")  # 900 x 0.005: never on such a case
    it.balances(current_support="300.00", arrears="900.00", interest="4.50", penalty="4.50")
    it.differences = {
        "C1": [
            ("on_withholding_only", "2026-10", "interest", "4.50", "0.00"),
            ("on_withholding_only", "2026-10", "penalty", "4.50", "0.00"),
        ]
    }
    it.closing = {"C1": {"2026-11": {"arrears": "1200.00", "interest": "4.50", "penalty": "4.50"}}}
    return it


def an_order_of_florida() -> Hand:
    it = Hand()
    it.case(interstate="responding", other_jurisdiction="12")
    it.order("600.00", "monthly", "2026-09-01", issuing_state="12")
    it.charge("600.00", "2026-09-01 2026-10-01 2026-11-01")
    it.extract.charge("C1", "2026-09-30", "3.00", category="interest")  # 600 x 0.005: not on it
    it.balances(current_support="600.00", arrears="1200.00", interest="3.00")
    it.differences = {"C1": [("on_order_of_another_state", "2026-09", "interest", "3.00", "0.00")]}
    it.closing = {"C1": {"2026-10": {"arrears": "1200.00", "interest": "3.00"}}}
    return it


def every_two_weeks() -> Hand:
    """From Friday, September 4: the 4th and 18th; October 2, 16 and 30; November 13 (and 27)."""
    it = Hand()
    it.case()
    it.order("200.00", "biweekly", "2026-09-04")
    it.charge("200.00", "2026-09-04 2026-09-18 2026-10-02 2026-10-16 2026-10-30 2026-11-13")
    it.paid("2026-09-18", "350.00", {"C1 current_support": "350.00"})  # 400 due: 50 left
    it.paid("2026-10-16", "620.00", {"C1 current_support": "600.00", "C1 arrears": "20.00"})
    it.balances(current_support="200.00", arrears="30.00")  # 50 - 20
    it.due = [("200.00", "biweekly", "2026-10", "600.00")]
    it.splits = [
        (
            "620.00",
            "paid_online",
            {"C1 current current_support": "600.00", "C1 past arrears": "50.00"},
            {"C1 current_support": "600.00", "C1 arrears": "20.00"},
        )
    ]
    it.closing = {
        "C1": {
            "2026-09": {"arrears": "50.00"},
            "2026-10": {"arrears": "30.00"},
            "2026-11": {"arrears": "230.00"},
        }
    }
    return it


def twice_a_month_with_medical_support() -> Hand:
    it = Hand()
    it.case()
    it.order("150.00", "semimonthly", "2026-09-01")
    it.order("40.00", "monthly", "2026-09-01", kind="medical")
    it.charge("150.00", "2026-09-01 2026-09-15 2026-10-01 2026-10-15 2026-11-01 2026-11-15")
    it.charge("40.00", "2026-09-01 2026-10-01 2026-11-01", category="medical")
    # September: 300 and 40 due. 320 pays the 300, then 20 of the 40.
    it.paid("2026-09-16", "320.00", {"C1 current_support": "300.00", "C1 medical": "20.00"})
    # October: 300, 40, and 20 from before: 355 pays 300, 40, then 15 of the 20.
    it.paid("2026-10-16", "355.00", {"C1 current_support": "300.00", "C1 medical": "55.00"})
    it.balances(current_support="300.00", medical="45.00", arrears="0.00")  # 5 + 40
    it.due = [
        ("150.00", "semimonthly", "2026-09", "300.00"),
        ("40.00", "monthly", "2026-09", "40.00"),
    ]
    it.closing = {
        "C1": {
            "2026-09": {"medical": "20.00"},
            "2026-10": {"medical": "5.00"},
            "2026-11": {"arrears": "300.00", "medical": "45.00"},
        }
    }
    return it


def monthly_until_september_then_weekly() -> Hand:
    it = Hand()
    it.case()
    it.order("400.00", "monthly", "2026-08-01", "2026-09-30")
    it.order("90.00", "weekly", "2026-10-01")
    it.charge("400.00", "2026-08-01 2026-09-01")
    it.charge("90.00", f"{OCTOBER} {NOVEMBER}")
    it.paid("2026-08-20", "400.00", {"C1 current_support": "400.00"})
    it.paid("2026-09-21", "300.00", {"C1 current_support": "300.00"})  # 100 left
    it.paid("2026-10-20", "460.00", {"C1 current_support": "450.00", "C1 arrears": "10.00"})
    it.balances(current_support="270.00", arrears="90.00")  # 3 x 90; 100 - 10
    it.due = [("90.00", "weekly", "2026-10", "450.00")]  # 5 x 90
    it.closing = {
        "C1": {
            "2026-08": {},
            "2026-09": {"arrears": "100.00"},
            "2026-10": {"arrears": "90.00"},
            "2026-11": {"arrears": "360.00"},
        }
    }
    return it


def the_lower_order_was_not_charged() -> Hand:
    it = Hand()
    it.case()
    it.order("400.00", "monthly", "2026-08-01", "2026-09-30")
    it.order("325.50", "monthly", "2026-10-01")
    it.charge("400.00", "2026-08-01 2026-09-01 2026-10-01 2026-11-01")
    for day in ("2026-08-03", "2026-09-03"):
        it.paid(day, "400.00", {"C1 current_support": "400.00"})
    for day in ("2026-10-05", "2026-11-05"):
        it.paid(day, "325.50", {"C1 current_support": "325.50"})
    # Twice 400.00 - 325.50 = 74.50 too much: 149.00.
    it.balances(current_support="74.50", arrears="74.50")
    it.differences = {
        "C1": [
            ("order_change_not_charged", "2026-10", "current_support", "400.00", "325.50"),
            ("order_change_not_charged", "2026-11", "current_support", "400.00", "325.50"),
        ]
    }
    it.closing = {
        "C1": {"2026-09": {}, "2026-10": {"arrears": "74.50"}, "2026-11": {"arrears": "149.00"}}
    }
    return it


def _two_households(first: str = "", second: str = "") -> Hand:
    it = Hand()
    for case_id, amount, owed in (("C1", "100.00", first), ("C2", "60.00", second)):
        it.case(case_id)
        it.order(amount, "weekly", "2026-01-05", case=case_id)
        it.opening(owed or "0.00", case=case_id, on="2026-09-30")
        it.charge(amount, f"{OCTOBER} {NOVEMBER}", case=case_id)
    return it


def two_households_share_what_is_too_little() -> Hand:
    it = _two_households()
    # October comes to 500 and 300: five eighths and three eighths.
    it.paid("2026-10-02", "120.00", {"C1 current_support": "75.00", "C2 current_support": "45.00"})
    it.paid("2026-10-09", "80.00", {"C1 current_support": "50.00", "C2 current_support": "30.00"})
    # 375 and 225 are left: 100.01 x 5/8 = 62.50625 and 37.50375; the odd cent to the larger rest.
    it.paid("2026-10-16", "100.01", {"C1 current_support": "62.51", "C2 current_support": "37.50"})
    it.balances("C1", current_support="300.00", arrears="312.49")  # 500 - 75 - 50 - 62.51
    it.balances("C2", current_support="180.00", arrears="187.50")  # 300 - 45 - 30 - 37.50
    it.splits = [
        (
            "100.01",
            "income_withholding",
            {"C1 current current_support": "375.00", "C2 current current_support": "225.00"},
            {"C1 current_support": "62.51", "C2 current_support": "37.50"},
        )
    ]
    it.closing = {
        "C1": {"2026-10": {"arrears": "312.49"}, "2026-11": {"arrears": "612.49"}},
        "C2": {"2026-10": {"arrears": "187.50"}, "2026-11": {"arrears": "367.50"}},
    }
    return it


def all_current_support_before_any_arrears() -> Hand:
    it = _two_households("450.00", "50.00")
    # 500 + 300 = 800 current in both; of the 100 left 450 : 50 makes 90 and 10.
    parts = {
        "C1 current_support": "500.00",
        "C2 current_support": "300.00",
        "C1 arrears": "90.00",
        "C2 arrears": "10.00",
    }
    it.paid("2026-10-02", "900.00", parts)
    it.balances("C1", current_support="300.00", arrears="360.00")  # 450 - 90
    it.balances("C2", current_support="180.00", arrears="40.00")  # 50 - 10
    dues = {
        "C1 current current_support": "500.00",
        "C2 current current_support": "300.00",
        "C1 past arrears": "450.00",
        "C2 past arrears": "50.00",
    }
    it.splits = [("900.00", "paid_online", dues, parts)]
    it.closing = {
        "C1": {"2026-10": {"arrears": "360.00"}, "2026-11": {"arrears": "660.00"}},
        "C2": {"2026-10": {"arrears": "40.00"}, "2026-11": {"arrears": "220.00"}},
    }
    return it


def a_federal_refund_pays_arrears_only() -> Hand:
    it = _two_households("450.00", "50.00")
    # 300 by 450 : 50 makes 270 and 30, though October's 800 is not paid.
    parts = {"C1 arrears": "270.00", "C2 arrears": "30.00"}
    it.paid("2026-10-14", "300.00", parts, source="federal_tax_offset", payer_name="US Treasury")
    # October 31, case C1: 450 + 500 - 270 = 680, over 500, 500 asked for, 270 paid: 3.40 each.
    it.month_end("2026-10-31", "3.40", "3.40")
    # Case C2: 50 + 300 - 30 = 320, not over 500.
    it.balances("C1", current_support="300.00", arrears="680.00", interest="3.40", penalty="3.40")
    it.balances("C2", current_support="180.00", arrears="320.00")
    it.splits = [
        (
            "300.00",
            "federal_tax_offset",
            {
                "C1 current current_support": "500.00",
                "C2 current current_support": "300.00",
                "C1 past arrears": "450.00",
                "C2 past arrears": "50.00",
            },
            parts,
        )
    ]
    it.month_ends = [
        ("2026-10-31", "680.00", "500.00", "270.00", "3.40", "3.40"),
        ("2026-10-31", "320.00", "300.00", "30.00", "0.00", "0.00"),
    ]
    it.closing = {
        "C1": {"2026-11": {"arrears": "980.00", "interest": "3.40", "penalty": "3.40"}},
        "C2": {"2026-11": {"arrears": "500.00"}},
    }
    return it


def shared_half_and_half_against_the_rule() -> Hand:
    it = _two_households()
    # By 500 : 300, 160 makes 100 and 60; the record has 80 and 80.
    it.paid("2026-10-30", "160.00", {"C1 current_support": "80.00", "C2 current_support": "80.00"})
    it.balances("C1", current_support="300.00", arrears="420.00")  # 500 - 80
    it.balances("C2", current_support="180.00", arrears="220.00")  # 300 - 80
    it.differences = {
        "C1": [("not_in_proportion", "2026-10", "current_support", "80.00", "100.00")],
        "C2": [("not_in_proportion", "2026-10", "current_support", "80.00", "60.00")],
    }
    it.payor_only = frozenset({"not_in_proportion"})
    it.closing = {
        "C1": {"2026-10": {"arrears": "420.00"}},
        "C2": {"2026-10": {"arrears": "220.00"}},
    }
    return it


def a_check_that_bounced() -> Hand:
    it = Hand()
    it.case()
    it.order("600.00", "monthly", "2026-10-01")
    it.charge("600.00", "2026-10-01 2026-11-01")
    it.paid(
        "2026-10-05",
        "300.00",
        {"C1 current_support": "300.00"},
        source="check_or_money_order",
        reversed_on="2026-10-12",
    )
    it.month_end("2026-10-31", "3.00", "3.00")  # 600 - 300 + 300 = 600; x 0.005; nothing paid
    it.balances(current_support="600.00", arrears="600.00", interest="3.00", penalty="3.00")
    it.month_ends = [("2026-10-31", "600.00", "600.00", "0.00", "3.00", "3.00")]
    it.closing = {
        "C1": {
            "2026-10": {"arrears": "600.00", "interest": "3.00", "penalty": "3.00"},
            "2026-11": {"arrears": "1200.00", "interest": "3.00", "penalty": "3.00"},
        }
    }
    return it


def corrections_and_a_rest_that_nobody_can_explain() -> Hand:
    it = Hand()
    it.case()
    it.order("200.00", "monthly", "2026-01-05")
    it.opening("480.00")
    it.opening("20.00", "penalty")
    it.charge("200.00", "2026-09-01 2026-10-01 2026-11-01")
    for day in ("2026-09-02", "2026-10-02", "2026-11-03"):
        it.paid(day, "200.00", {"C1 current_support": "200.00"})
    adjust = it.extract.charge
    adjust(
        "C1", "2026-09-10", "-150.00", kind="adjustment", category="arrears", reason="court_credit"
    )
    adjust("C1", "2026-09-11", "-20.00", kind="adjustment", category="penalty", reason="waiver")
    adjust("C1", "2026-10-12", "35.00", category="fee", note="annual fee")
    # A direct payment of 80 that was added where it should have been taken off.
    adjust(
        "C1", "2026-10-20", "80.00", kind="adjustment", category="arrears", reason="direct_payment"
    )
    # 480 - 150 + 80 = 410; the agency's balance says 422.40.
    it.balances(current_support="0.00", arrears="422.40", fee="35.00")
    it.rest = {"C1": {"arrears": "12.40"}}
    it.differences = {"C1": [("credit_wrong_sign", "2026-10", "arrears", "80.00", "-80.00")]}
    it.closing = {
        "C1": {
            "2026-09": {"arrears": "330.00"},
            "2026-10": {"arrears": "410.00", "fee": "35.00"},
            "2026-11": {"arrears": "410.00", "fee": "35.00"},
        }
    }
    return it


def formerly_on_public_assistance() -> Hand:
    it = Hand()
    it.case(owed_to_state="1")
    it.order("100.00", "monthly", "2026-01-05")
    it.opening("500.00")  # 300 to the family, 200 to the state
    it.charge("100.00", "2026-09-01 2026-10-01 2026-11-01")
    # 100 for the month, then 250 on arrears: to the family first, whose 300 becomes 50.
    it.paid("2026-09-09", "350.00", {"C1 current_support": "100.00", "C1 arrears": "250.00"})
    # 100 for the month, then 120: 50 to the family, 70 to the state, whose 200 becomes 130.
    it.paid("2026-10-09", "220.00", {"C1 current_support": "100.00", "C1 arrears": "120.00"})
    it.balances(current_support="100.00", arrears="0.00")
    it.extract.balance("C1", "arrears", "130.00", owed_to="state")
    it.assigned = [
        ("250.00", ("300.00", "200.00"), False, ("250.00", "0.00")),
        ("120.00", ("50.00", "200.00"), False, ("50.00", "70.00")),
        ("120.00", ("50.00", "200.00"), True, ("0.00", "120.00")),
    ]
    it.closing = {
        "C1": {
            "2026-09": {"arrears": "250.00"},
            "2026-10": {"arrears": "130.00"},
            "2026-11": {"arrears": "230.00"},
        }
    }
    return it


FAMILIES: tuple[Callable[[], Hand], ...] = (
    five_fridays_all_paid,
    nothing_paid_for_two_months,
    interest_is_never_on_interest,
    the_agency_compounded,
    five_hundred_is_not_over_five_hundred,
    a_cent_over_five_hundred,
    interest_under_the_threshold,
    the_minimum_was_paid_once_and_missed_once,
    the_order_has_ended,
    only_what_the_employer_withholds,
    an_order_of_florida,
    every_two_weeks,
    twice_a_month_with_medical_support,
    monthly_until_september_then_weekly,
    the_lower_order_was_not_charged,
    two_households_share_what_is_too_little,
    all_current_support_before_any_arrears,
    a_federal_refund_pays_arrears_only,
    shared_half_and_half_against_the_rule,
    a_check_that_bounced,
    corrections_and_a_rest_that_nobody_can_explain,
    formerly_on_public_assistance,
)
