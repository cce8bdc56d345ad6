"""Which differences a review can be asked for about, as the parent chooses among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.ledger.case_view import CaseView
from portal.ledger.payments import payment_token
from portal.own_records.compare_log import Comparison
from portal.own_records.entry import Entry
from portal.own_records.read_log import record_token
from portal.own_records.words import HOW
from portal.requests.disputes import Dispute, dispute_of_payment
from portal.requests.file_review import MOST_PAYMENTS
from portal.rules.own_records import Row, State
from portal.security.opaque import OpaqueIds
from portal.web.filters import day, money


@dataclass(frozen=True, slots=True)
class Chosen:
    """One payment to tick: a payor's entry, or a payment that the agency sent, as the dispute of it
    that goes into the review."""

    token: str
    words: str
    entry: Entry | None
    dispute: Dispute | None
    is_proposed: bool
    """Whether it is ticked beforehand. That one did not write down what came does not say that it
    did not come, so of whoever is paid nothing is."""


def offered(
    opaque: OpaqueIds, account_id: str, view: CaseView, compared: Comparison
) -> list[Chosen]:
    """The choices, the oldest first; of more than a review holds the newest."""
    rows = compared.disputable(is_payor=view.is_payor)
    make = _of_payor if view.is_payor else _of_receiver
    found = (make(opaque, account_id, view, compared, row) for row in rows)
    by_token = {chosen.token: chosen for chosen in found}
    return list(by_token.values())[-MOST_PAYMENTS:]


def with_tokens(chosen: Iterable[Chosen], tokens: Iterable[str]) -> list[Chosen]:
    """Those that were ticked."""
    wanted = set(tokens)
    return [it for it in chosen if it.token in wanted]


def _of_payor(
    opaque: OpaqueIds, account_id: str, view: CaseView, compared: Comparison, row: Row
) -> Chosen:
    entry = compared.entry_of(row)
    assert entry is not None, "a payor asks about what they noted"
    token = record_token(opaque, account_id, entry.id)
    it, how = entry.payment, str(HOW[entry.payment.how]).lower()
    words = _("%(day)s: %(amount)s (%(how)s)", day=day(it.on), amount=money(it.amount), how=how)
    if row.state is State.OTHER_AMOUNT:
        words = _("%(payment)s. We have %(amount)s", payment=words, amount=money(row.agency))
    is_proposed = row.state in (State.MISSING, State.OTHER_AMOUNT)
    return Chosen(token, words, entry, None, is_proposed)


def _of_receiver(
    opaque: OpaqueIds, account_id: str, view: CaseView, compared: Comparison, row: Row
) -> Chosen:
    payment = compared.payment_of(row)
    assert payment is not None, "who is paid asks about what was sent"
    assert row.known is not None
    sent, got = compared.sent_and_got(payment)
    words = _("Sent on %(day)s: %(amount)s", day=day(row.known.day), amount=money(sent))
    if got:
        words = _("%(payment)s. You got %(amount)s", payment=words, amount=money(got))
    dispute = dispute_of_payment(view.case_id, payment, sent=sent, got=got or None)
    return Chosen(payment_token(opaque, view, payment), words, None, dispute, False)
