"""A parent's pages over the record. The words are in `templates/cases/`."""

from flask import Blueprint

from portal.cases.page import navigation

blueprint = Blueprint("cases", __name__)

from portal.cases.views import case, letters, payments  # noqa: E402

__all__ = ["blueprint", "case", "letters", "navigation", "payments"]
