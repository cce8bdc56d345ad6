"""The blueprint of one's own records, and what its views share. They are for parents alone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort

from portal.cases.page import render_case, token_of
from portal.ledger.case_view import CaseView
from portal.own_records import words
from portal.own_records.models import OwnRecord
from portal.own_records.read_log import find_record, record_token
from portal.requests.views.blueprint import actor
from portal.web import context, db
from portal.web.access import parents_only

blueprint = Blueprint("own_records", __name__)
blueprint.before_request(parents_only)
UPLOADS = "240 per hour"


def own_record(view: CaseView, token: str, *, lock: bool = False) -> OwnRecord:
    """The signed-in parent's entry, or 404, alike for all who may not (ACL-1)."""
    try:
        return find_record(db(), context().opaque, actor().id, view.case_id, token, lock=lock)
    except LookupError:
        abort(404)


def token_of_record(record_id: str) -> str:
    """An own entry in an address."""
    return record_token(context().opaque, actor().id, record_id)


def render(template: str, view: CaseView, **values: Any) -> str:
    """A page of the log."""
    return render_case(
        f"own_records/{template}.html",
        view,
        own_words=words,
        case=token_of(view.case_id),
        token_of_record=token_of_record,
        **values,
    )
