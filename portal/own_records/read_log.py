"""The log of one account on one case. Every query here names the account (ACL-1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.own_records.entry import Entry, Receipt, open_payment
from portal.own_records.models import OwnReceipt, OwnRecord
from portal.requests.add_evidence import name_of
from portal.requests.models import EvidenceFile
from portal.security.opaque import OpaqueIds
from portal.security.sealing import Sealer


def read_log(session: Session, sealer: Sealer, account_id: str, case_id: str) -> list[Entry]:
    """All entries, the newest day first."""
    wanted = select(OwnRecord).where(
        OwnRecord.account_id == account_id, OwnRecord.case_id == case_id
    )
    rows = session.scalars(wanted).all()
    receipts = _receipts(session, sealer, wanted_ids=[row.id for row in rows])
    found = [Entry(row.id, open_payment(sealer, row), receipts.get(row.id, ())) for row in rows]
    return sorted(found, key=lambda it: (it.payment.on, it.payment.amount, it.id), reverse=True)


def record_token(opaque: OpaqueIds, account_id: str, record_id: str) -> str:
    """An entry in an address: opens for its account only."""
    return opaque.hide("own-record", record_id, within=account_id)


def find_record(
    session: Session,
    opaque: OpaqueIds,
    account_id: str,
    case_id: str,
    token: str,
    *,
    lock: bool = False,
) -> OwnRecord:
    """The account's entry on the case. Raises `LookupError`, alike for what never was, what is on
    another case and what is another's (ACL-1).

    :param lock: so that nobody else changes it meanwhile.
    """
    record_id = opaque.reveal("own-record", token, within=account_id)
    wanted = select(OwnRecord).where(
        OwnRecord.id == record_id,
        OwnRecord.account_id == account_id,
        OwnRecord.case_id == case_id,
    )
    row = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise LookupError(token)
    return row


def read_entry(session: Session, sealer: Sealer, row: OwnRecord) -> Entry:
    """One entry with its receipts."""
    receipts = _receipts(session, sealer, wanted_ids=[row.id])
    return Entry(row.id, open_payment(sealer, row), receipts.get(row.id, ()))


def files_of_record(session: Session, record_id: str) -> Sequence[EvidenceFile]:
    """The files of an entry, in the order they came."""
    return files_of_records(session, [record_id]).get(record_id, ())


_BATCH = 500


def files_of_records(
    session: Session, record_ids: Sequence[str]
) -> Mapping[str, Sequence[EvidenceFile]]:
    """The files of entries, in the order they came; of those that have some."""
    found: dict[str, list[EvidenceFile]] = defaultdict(list)
    for start in range(0, len(record_ids), _BATCH):
        chosen = (
            select(OwnReceipt.record_id, EvidenceFile)
            .join(EvidenceFile, OwnReceipt.file_id == EvidenceFile.id)
            .where(OwnReceipt.record_id.in_(record_ids[start : start + _BATCH]))
            .order_by(EvidenceFile.added_at, EvidenceFile.id)
        )
        for record_id, file in session.execute(chosen):
            found[record_id].append(file)
    return dict(found)


def _receipts(
    session: Session, sealer: Sealer, wanted_ids: Sequence[str]
) -> Mapping[str, tuple[Receipt, ...]]:
    return {
        record_id: tuple(
            Receipt(file.id, name_of(sealer, file), file.size, file.state) for file in files
        )
        for record_id, files in files_of_records(session, wanted_ids).items()
    }
