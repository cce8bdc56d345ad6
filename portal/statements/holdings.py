"""What we hold of the statements that a person made to show to others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.statements.check_statement import State, read
from portal.statements.models import SharedStatement
from portal.statements.own_shared import checks_of
from portal.web.holdings import Asked, Why, Word, holds

STATES = {
    State.VALID: _l("Good"),
    State.EXPIRED: _l("Too old"),
    State.TAKEN_BACK: _l("Ended"),
    State.BROKEN: _l("Does not hold"),
}


@holds(
    "statements",
    place=150,
    title=_l("Statements you made to show to others"),
    labels={
        "made_at": _l("Made"),
        "case": _l("Case"),
        "first": _l("From"),
        "last": _l("To"),
        "state": _l("Now"),
        "valid_until": _l("Good until"),
        "taken_back_at": _l("Ended on"),
        "checks": _l("Times checked"),
        "last_checked_at": _l("Last checked"),
        "sha256": _l("SHA-256 of the PDF"),
    },
    told={"shared_statements": "made_at revoked_at content"},
    kept_back=[
        (Why.FILE, {"shared_statements": "pdf"}),
        (Why.PROOF, {"shared_statements": "code code_lookup signature"}),
        (Why.INSIDE, {"shared_statements": "id participant_id account_id once key_id"}),
        (Why.NOBODY, {"statement_keys": "id made_under made_at seed"}),
    ],
)
def _statements(asked: Asked) -> list[dict[str, Any]]:
    mine = SharedStatement.participant_id == (asked.participant_id or "")
    chosen = select(SharedStatement).where(mine)
    in_order = chosen.order_by(SharedStatement.made_at, SharedStatement.id)
    rows = asked.session.scalars(in_order).all()
    checks = checks_of(asked.session, [row.id for row in rows])
    return [_statement(asked, row, checks) for row in rows]


def _statement(
    asked: Asked, row: SharedStatement, checks: Mapping[str, tuple[int, datetime]]
) -> dict[str, Any]:
    found = read(asked.session, asked.context, row, asked.now)
    content, days = found.content, found.days
    count, last = checks.get(row.id, (0, None))
    return {
        "made_at": row.made_at,
        "case": content.case_id if content else None,
        "first": content.first if content else None,
        "last": content.last if content else None,
        "state": Word(found.state.value, str(STATES[found.state])),
        "valid_until": days.valid_until if days else None,
        "taken_back_at": row.revoked_at,
        "checks": count,
        "last_checked_at": last,
        "sha256": found.file,
    }
