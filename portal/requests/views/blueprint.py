"""The blueprint of requests, and what its views share."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.ledger.case_view import CaseView, open_cases
from portal.requests import words
from portal.requests.caseworkers import with_whom
from portal.requests.dispute_words import dispute_name
from portal.requests.drafts import find_draft, read_draft
from portal.requests.models import Draft
from portal.requests.sweep_drafts import kept_until
from portal.rules.vocabulary import RequestKind
from portal.web import clock, context, db
from portal.web.access import parents_only
from portal.web.actor import Actor
from portal.web.navigation import Entry

blueprint = Blueprint("requests", __name__)
blueprint.before_request(parents_only)


def actor() -> Actor:
    """The account that is signed in."""
    return cast(Actor, current_user)


def person() -> str:
    """The participant that the account is linked to; others have no requests to make here."""
    participant_id = actor().participant_id
    if participant_id is None:
        abort(404)
    return participant_id


def my_draft(kind: RequestKind, *, lock: bool = False) -> tuple[Draft, dict[str, Any]] | None:
    """What the account has begun of a kind, with its answers."""
    person()
    draft = find_draft(db(), actor().id, kind, lock=lock)
    return None if draft is None else (draft, read_draft(context().sealer, draft))


def until_when(draft: Draft | None) -> date | None:
    """The last day on which a draft is kept."""
    return None if draft is None else kept_until(draft, context().agency)


def my_views() -> list[CaseView]:
    """The person's cases."""
    return open_cases(db(), person(), agency=context().agency, today=clock.today())


def menu() -> list[Entry]:
    """The entry of a parent's menu."""
    if current_user.is_staff:
        return []
    href = url_for("requests.index")
    return [Entry(_("Requests"), href, request.path.startswith(href))]


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"request_words": words, "with_whom": with_whom, "dispute_name": dispute_name}
