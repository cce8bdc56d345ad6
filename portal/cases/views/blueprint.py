"""The blueprint of the case pages."""

from __future__ import annotations

from flask import Blueprint

from portal.web.access import parents_only

blueprint = Blueprint("cases", __name__)
blueprint.before_request(parents_only)
