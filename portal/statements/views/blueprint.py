"""The blueprint of statements: pages of parents, and one for everybody."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask_login import current_user

from portal.web.access import parents_only

blueprint = Blueprint("statements", __name__)
FOR_EVERYBODY = frozenset({"statements.check", "statements.checked", "statements.compared"})
"""Where somebody who was shown a statement checks it; the staff too."""


@blueprint.before_request
def _keep_staff_out() -> None:
    if request.endpoint not in FOR_EVERYBODY:
        parents_only()


def person() -> str:
    """The participant that the account is linked to; others have no statements."""
    participant_id: str | None = current_user.participant_id
    if participant_id is None:
        abort(404)
    return participant_id
