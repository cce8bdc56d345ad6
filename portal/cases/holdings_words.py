"""What was done to collect, in parents' words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from portal.rules.vocabulary import EnforcementKind, EnforcementStatus

ENFORCEMENT: Mapping[EnforcementKind, str] = {
    EnforcementKind.WITHHOLDING_INCREASE: _l("More is withheld from pay"),
    EnforcementKind.LIEN: _l("Lien"),
    EnforcementKind.LICENSE_SUSPENSION: _l("License suspended"),
    EnforcementKind.REGISTRATION_SUSPENSION: _l("Vehicle registration suspended"),
    EnforcementKind.PASSPORT_DENIAL: _l("Passport denied"),
    EnforcementKind.BANK_LEVY: _l("Bank levy"),
    EnforcementKind.PROPERTY_SEIZURE: _l("Property taken"),
    EnforcementKind.TAX_OFFSET: _l("Tax refund taken"),
    EnforcementKind.LOTTERY_INTERCEPT: _l("Lottery or gaming prize taken"),
    EnforcementKind.BENEFIT_INTERCEPT: _l("Benefits taken"),
    EnforcementKind.INSURANCE_INTERCEPT: _l("Insurance payment taken"),
    EnforcementKind.CREDIT_REPORTING: _l("Told to credit bureaus"),
    EnforcementKind.CONTEMPT: _l("Contempt of court"),
    EnforcementKind.COLLECTION_AGENCY: _l("Collection agency"),
    EnforcementKind.OTHER: _l("Other"),
}
ENFORCEMENT_STATUSES: Mapping[EnforcementStatus, str] = {
    EnforcementStatus.ACTIVE: _l("Active"),
    EnforcementStatus.STAYED: _l("Paused"),
    EnforcementStatus.RELEASED: _l("Ended"),
}
