"""What we hold on a person's cases: through the disclosure table, in the medium of a copy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.cases import words
from portal.cases.entry_words import ENTRIES, REASONS
from portal.cases.holdings_payments import PAYMENT_LABELS, payments_of
from portal.cases.holdings_words import ENFORCEMENT, ENFORCEMENT_STATUSES
from portal.ledger.case_view import CaseView, open_cases
from portal.ledger.enforcement import enforcement_shown
from portal.ledger.explained import Explained, explained
from portal.ledger.letters import Letter, letters_of_all
from portal.ledger.lines import Line
from portal.ledger.orders import Order, orders_shown
from portal.ledger.people import childrens_names
from portal.rules.disclosing import Action
from portal.rules.vocabulary import Category, Service
from portal.web.holdings import Asked, Chapters, Why, Word, holds

SERVICES = {
    Service.FULL: _l("Full service"),
    Service.INCOME_WITHHOLDING_ONLY: _l("We only pass on what the employer withholds"),
}
_NOT_SHOWN = (Why.AGENCY, {
    "cases": "public_assistance owed_to_state overpayment_due",
    "orders": "issuing_state",
    "charges": "note",
    "enforcement": "reason",
})  # fmt: skip


@holds(
    "cases",
    place=100,
    title=_l("Your cases"),
    labels={
        "case": _l("Case"),
        "as_of": _l("As of"),
        "status": _l("Status"),
        "closed_on": _l("Closed"),
        "service": _l("Service"),
        "another_agency": _l("Another agency takes part"),
        "rows_missing": _l("Some rows of the agency’s records could not be read"),
        "your_part": _l("Your part"),
        "role": _l("Part"),
        "since": _l("Since"),
        "until": _l("Until"),
        "children": _l("Children"),
        "orders": _l("Court orders"),
        "kind": _l("What"),
        "amount": _l("Amount"),
        "frequency": _l("How often"),
        "effective_on": _l("From"),
        "ended_on": _l("Ended"),
        "court": _l("Court"),
        "docket": _l("Docket"),
        "balances": _l("What is owed"),
        "category": _l("For"),
        "owed_to": _l("Owed to"),
        "total": _l("All together"),
        "not_explained": _l("What the entries do not explain"),
        "owed_before": _l("Owed before the first entry"),
        "ledger": _l("Every entry"),
        "on": _l("Date"),
        "what": _l("What"),
        "reason": _l("Reason"),
        "owed_after": _l("Owed after it"),
        "payments": _l("Payments"),
        "enforcement": _l("What was done to collect"),
        "started_on": _l("Began"),
        "letters": _l("Letters of the agency to you"),
        "dated_on": _l("Dated"),
        "answer_by": _l("Last day to answer"),
        "subject": _l("Subject"),
        "text": _l("Text"),
        **PAYMENT_LABELS,
    },
    told={
        "cases": "case_id service status closed_on interstate",
        "case_checks": "lost_rows adds_up",
        "members": "case_id role since until",
        "orders": "kind amount frequency effective_on ended_on court docket",
        "charges": "due_on kind category amount reason",
        "balances": "category owed_to as_of amount",
        "payments": "withheld_on received_on amount source payer_name reference reversed_on",
        "allocations": "category amount",
        "disbursements": "payee issued_on amount method status status_on replaces",
        "enforcement": "kind status started_on ended_on",
        "notices": "kind dated_on respond_by amount subject text",
        "extract": "as_of",
    },
    kept_back=[
        _NOT_SHOWN,
        (Why.OTHERS, {"cases": "office caseworker_name caseworker_phone other_jurisdiction"}),
        (Why.AGENCY, {"cases": "opened_on"}),
        (Why.ELSEWHERE, {
            "case_checks": "case_id", "orders": "case_id", "charges": "case_id",
            "balances": "case_id", "payments": "case_id", "allocations": "case_id",
            "disbursements": "case_id", "enforcement": "case_id", "notices": "case_id",
        }),
        (Why.INSIDE, {
            "members": "participant_id", "orders": "order_id", "charges": "charge_id order_id",
            "payments": "payment_id payor_id", "allocations": "payment_id",
            "disbursements": "payment_id disbursement_id payee_id", "enforcement": "action_id",
            "notices": "notice_id participant_id",
        }),
        (Why.NOBODY, {"extract": "sequence layout agency kind created_at"}),
    ],
)  # fmt: skip
def _cases(asked: Asked) -> Chapters:
    """A fixed number of queries for each case, however long it is."""
    if asked.participant_id is None:
        return Chapters()
    views = open_cases(
        asked.session, asked.participant_id, agency=asked.context.agency, today=asked.today
    )
    letters = letters_of_all(asked.session, views)
    return Chapters(_case(asked, view, letters.get(view.case_id, ())) for view in views)


def _case(asked: Asked, view: CaseView, letters: tuple[Letter, ...]) -> dict[str, Any]:
    session, is_over = asked.session, view.ended_on is not None
    found = explained(session, view)
    row = view.row
    return {
        "case": view.case_id,
        "as_of": view.as_of,
        "status": None if is_over else _word(words.CASE_STATUSES, row.status),
        "closed_on": row.closed_on if view.is_closed else None,
        "service": _word(SERVICES, row.service),
        "another_agency": None if is_over else view.another_agency,
        "rows_missing": row.lost_rows,
        "your_part": [
            {
                "role": _word(words.ROLES, held.role),
                "since": held.span.first,
                "until": None if held.span.last == date.max else held.span.last,
            }
            for held in view.memberships
        ],
        "children": list(childrens_names(session, view)),
        "orders": [_order(it) for it in orders_shown(session, view)],
        "balances": _balances(found),
        "not_explained": _sums(found.rest),
        "owed_before": [
            {"on": month.opens_on, "amount": month.owed_at_opening}
            for month in found.months
            if month.opens_section
        ],
        "ledger": [_line(line) for line in found.lines],
        "payments": payments_of(session, view),
        "enforcement": [_action(it) for it in enforcement_shown(session, view)],
        "letters": [_letter(it) for it in reversed(letters)],
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "kind": _word(words.ORDER_KINDS, order.kind),
        "amount": order.amount,
        "frequency": _word(words.FREQUENCIES, order.frequency),
        "effective_on": order.effective_on,
        "ended_on": order.ended_on,
        "court": order.court,
        "docket": order.docket,
    }


def _balances(found: Explained) -> list[dict[str, Any]]:
    return [
        {
            "category": _word(words.CATEGORIES, it.category),
            "owed_to": _word(words.OWED_TO, it.owed_to) if it.owed_to else None,
            "as_of": it.as_of,
            "amount": it.amount,
        }
        for it in found.balances.rows
    ]


def _sums(sums: Mapping[Category, Decimal]) -> list[dict[str, Any]]:
    return [
        {"category": _word(words.CATEGORIES, category), "amount": amount}
        for category, amount in sums.items()
    ]


def _line(line: Line) -> dict[str, Any]:
    entry = line.entry
    return {
        "on": entry.on,
        "what": _word(ENTRIES, entry.kind),
        "category": _word(words.CATEGORIES, entry.category),
        "amount": entry.amount,
        "reason": _word(REASONS, entry.reason) if entry.reason else None,
        "owed_after": line.owed,
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "kind": _word(ENFORCEMENT, action.kind) if action.kind else _collection(),
        "status": _word(ENFORCEMENT_STATUSES, action.status) if action.status else None,
        "started_on": action.started_on,
        "ended_on": action.ended_on,
    }


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "dated_on": letter.dated_on,
        "kind": _word(words.LETTERS, letter.kind),
        "subject": letter.subject,
        "amount": letter.amount,
        "answer_by": letter.answer_by,
        "text": letter.text,
    }


def _collection() -> Word:
    return Word("collection_action", _("Collection action"))


def _word(table: Mapping[Any, Any], key: Any) -> Word:
    return Word(key.value, str(table[key]))
