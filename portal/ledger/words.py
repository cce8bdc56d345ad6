"""What the categories of the record are called, wherever a person reads of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.rules.vocabulary import Category

CATEGORIES: Mapping[StrEnum, str] = {
    Category.CURRENT_SUPPORT: _l("Current support"),
    Category.ARREARS: _l("Past-due support (arrears)"),
    Category.INTEREST: _l("Interest"),
    Category.PENALTY: _l("Penalties"),
    Category.FEE: _l("Fees"),
    Category.MEDICAL: _l("Medical support"),
    Category.ALIMONY: _l("Alimony"),
}
