"""A parent's pages over the record. The words are in `templates/cases/`."""

from portal.cases.page import navigation
from portal.cases.views import case as case
from portal.cases.views import ledger as ledger
from portal.cases.views import letters as letters
from portal.cases.views import payments as payments
from portal.cases.views import portal_letters as portal_letters
from portal.cases.views.blueprint import blueprint

__all__ = ["blueprint", "navigation"]
