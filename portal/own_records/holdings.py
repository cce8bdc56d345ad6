"""What we hold of what a parent noted for themselves."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.own_records.entry import open_payment
from portal.own_records.models import OwnReceipt, OwnRecord
from portal.own_records.words import HOW
from portal.requests.add_evidence import name_of
from portal.requests.models import EvidenceFile
from portal.web.holdings import Asked, Why, Word, holds


@holds(
    "own_records",
    place=140,
    title=_l("Payments you noted for yourself"),
    labels={
        "case": _l("Case"),
        "date": _l("Day"),
        "amount": _l("Amount"),
        "how": _l("How"),
        "note": _l("Your note"),
        "noted_at": _l("Noted"),
        "files": _l("Files"),
        "name": _l("Name"),
        "sha256": _l("SHA-256"),
        "added_at": _l("Added"),
    },
    told={"own_records": "case_id made_at data"},
    kept_back=[
        (Why.INSIDE, {"own_records": "id account_id once", "own_receipts": "file_id record_id"}),
    ],
)
def _own_records(asked: Asked) -> list[dict[str, Any]]:
    files = _files(asked)
    chosen = select(OwnRecord).where(OwnRecord.account_id == asked.account_id)
    found = [
        (row, open_payment(asked.context.sealer, row)) for row in asked.session.scalars(chosen)
    ]
    found.sort(key=lambda it: (it[1].on, it[0].case_id, it[1].amount, it[0].made_at, it[0].id))
    return [
        {
            "case": row.case_id,
            "date": said.on,
            "amount": said.amount,
            "how": Word(said.how.value, str(HOW[said.how])),
            "note": said.note or None,
            "noted_at": row.made_at,
            "files": files.get(row.id, []),
        }
        for row, said in found
    ]


def _files(asked: Asked) -> dict[str, list[dict[str, Any]]]:
    chosen = (
        select(OwnReceipt.record_id, EvidenceFile)
        .join(EvidenceFile, EvidenceFile.id == OwnReceipt.file_id)
        .join(OwnRecord, OwnRecord.id == OwnReceipt.record_id)
        .where(OwnRecord.account_id == asked.account_id)
        .order_by(EvidenceFile.added_at, EvidenceFile.id)
    )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record_id, file in asked.session.execute(chosen):
        name = name_of(asked.context.sealer, file)
        found[record_id].append({"name": name, "sha256": file.sha256, "added_at": file.added_at})
    return found
