"""The last step of a load: one short transaction that makes the new record the current one.

Until it commits every reader sees the old record, afterwards the new one, and everything that goes
with it (the load's row, outcomes, safety marks, requests that count as applied) commits with it or
not at all. It is the only time that a load holds the write lock: what can be found out is found out
before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from portal.accounts.safety_marks import set_marks_from_feed
from portal.context import Context
from portal.feeds.assemble import Assembled
from portal.feeds.builder import Builder
from portal.feeds.manifest import Manifest
from portal.feeds.models import Load
from portal.feeds.outcomes import new_outcomes
from portal.feeds.participants import PLACE
from portal.feeds.rejects import Rejects
from portal.record.current import switch_to
from portal.requests.applied import apply_carried, find_carried
from portal.requests.outcomes import apply_outcomes

MOST_MARKS_AT_ONCE = 10_000
_BATCH = 2_000
_NEWLY_MARKED = """
    SELECT n.participant_id FROM record.participants n
    LEFT JOIN old.participants o ON o.participant_id = n.participant_id
    WHERE n.family_violence AND NOT COALESCE(o.family_violence, FALSE) ORDER BY 1
"""
"""An unchanged value does not mark again whose mark was lifted."""


def hand_over(
    context: Context,
    manifest: Manifest,
    builder: Builder,
    rejects: Rejects,
    assembled: Assembled,
    started: datetime,
) -> None:
    """Bring the new record to disk and switch to it."""
    with context.database.transaction(write=False) as session:
        outcomes = new_outcomes(session, builder, rejects)
    marked = _set_most_marks(context, builder)
    builder.finish()
    now = context.now()
    with context.database.transaction(write=False) as session:
        carried = find_carried(
            session,
            context.sealer,
            context.agency,
            lambda ids: _private_values(context, builder, ids),
            as_of=manifest.as_of,
        )
    with context.database.transaction() as session:
        for warning in apply_outcomes(session, context.sealer, outcomes, now):
            rejects.warning("outcomes", warning.line, warning.column, warning.value, warning.reason)
        apply_carried(session, context.sealer, carried, now)
        set_marks_from_feed(session, marked, now)
        session.add(_load_row(manifest, rejects, assembled, started, context.now()))
        switch_to(session, manifest.record_name)
        rejects.close()


def _load_row(
    manifest: Manifest, rejects: Rejects, assembled: Assembled, started: datetime, now: datetime
) -> Load:
    return Load(
        sequence=manifest.sequence,
        manifest_sha256=manifest.sha256,
        record=manifest.record_name,
        kind=manifest.kind,
        as_of=manifest.as_of,
        created_at=manifest.created_at,
        rows={name.removesuffix(".csv"): entry.rows for name, entry in manifest.files.items()},
        counts=assembled.counts,
        rejected=rejects.rows,
        warnings=rejects.warnings,
        not_adding_up=assembled.not_adding_up,
        started_at=started,
        finished_at=now,
    )


def _set_most_marks(context: Context, builder: Builder) -> list[str]:
    """The participants to mark in the last transaction.

    Where there are very many, as on an installation's first day, all but the last are marked in
    transactions of their own beforehand, so that nobody waits: a mark that comes a moment before
    its record errs on the safe side.
    """
    marked = (str(row[0]) for row in builder.rows(_NEWLY_MARKED))
    waiting: list[str] = []
    while batch := list(islice(marked, _BATCH)):
        waiting += batch
        if len(waiting) > MOST_MARKS_AT_ONCE:
            with context.database.transaction() as session:
                set_marks_from_feed(session, waiting[:_BATCH], context.now())
            del waiting[:_BATCH]
    return waiting


def _private_values(
    context: Context, builder: Builder, ids: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, str | None]]]:
    for participant_id, sealed in builder.private(ids):
        yield participant_id, json.loads(context.sealer.open(sealed, PLACE, participant_id))
