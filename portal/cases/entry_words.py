"""What an entry of the ledger is called where it stands in a list, and why the agency made it."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from portal.ledger.lines import LineKind
from portal.rules.vocabulary import ChargeReason

ENTRIES: Mapping[LineKind, str] = {
    LineKind.OPENING: _l("Owed from before"),
    LineKind.CHARGE: _l("Fell due"),
    LineKind.ADJUSTMENT: _l("Change by the agency"),
    LineKind.PAYMENT: _l("Payment"),
    LineKind.REVERSAL: _l("Payment taken back"),
}
REASONS: Mapping[ChargeReason, str] = {
    ChargeReason.COURT_ORDER: _l("by order of the court"),
    ChargeReason.COURT_CREDIT: _l("credit given by the court"),
    ChargeReason.WAIVER: _l("given up (a waiver)"),
    ChargeReason.DIRECT_PAYMENT: _l("paid directly"),
    ChargeReason.REVERSAL: _l("an earlier entry taken back"),
    ChargeReason.CORRECTION: _l("correction"),
    ChargeReason.OTHER: _l("another reason"),
}
