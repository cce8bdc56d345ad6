"""What a person typed into a form whose session had ended: kept for a day, to be shown again."""

from __future__ import annotations

import json
import re
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.web.holdings import Asked, Chapters, Why, holds
from portal.web.kept_work import PLACE
from portal.web.models import KeptWork

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,}")


@holds(
    "kept_forms",
    place=135,
    title=_l("What you typed as your time ran out"),
    labels={
        "kept_at": _l("Kept"),
        "fields": _l("What you typed"),
        "name": _l("Field"),
        "value": _l("Words"),
    },
    told={"kept_work": "kept_at fields"},
    kept_back=[
        (Why.INSIDE, {"kept_work": "id account_id"}),
        (Why.PROOF, {"kept_work": "path_lookup"}),
    ],
)
def _kept_forms(asked: Asked) -> Chapters:
    """The words alone: not which page it was on, nor what its hidden fields held."""
    mine = select(KeptWork).where(KeptWork.account_id == asked.account_id)
    in_order = mine.order_by(KeptWork.kept_at, KeptWork.id)
    return Chapters(
        {"kept_at": row.kept_at, "fields": _typed(asked, row)}
        for row in asked.session.scalars(in_order)
    )


def _typed(asked: Asked, row: KeptWork) -> list[dict[str, Any]]:
    kept = json.loads(asked.context.sealer.open(row.fields, PLACE, row.id))
    pairs = kept["fields"] if isinstance(kept, dict) else kept
    return [
        {"name": name, "value": value}
        for name, value in pairs
        if value and not _TOKEN.fullmatch(value)
    ]
