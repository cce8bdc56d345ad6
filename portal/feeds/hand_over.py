"""The last step of a load: one short transaction that makes the new record the current one.

Until it commits every reader sees the old record, afterwards the new one, and everything that goes with
it (the load's row, outcomes, safety marks, requests that count as applied) commits with it or not at all.
It is the only time that a load holds the write lock.
"""

from __future__ import annotations

from datetime import date, datetime

from portal.accounts.safety_marks import set_marks_from_feed
from portal.context import Context
from portal.feeds.assemble import Assembled
from portal.feeds.builder import Builder
from portal.feeds.manifest import Manifest
from portal.feeds.models import Load
from portal.feeds.rejects import Rejects
from portal.record.current import switch_to
from portal.requests.outcomes import OutcomeRow, apply_outcomes


def hand_over(
    context: Context,
    manifest: Manifest,
    builder: Builder,
    rejects: Rejects,
    assembled: Assembled,
    started: datetime,
) -> None:
    """Bring the new record to disk and switch to it."""
    outcomes = _outcomes(builder)
    marked = _newly_marked(context, builder)
    builder.finish()
    now = context.now()
    with context.database.transaction() as session:
        for warning in apply_outcomes(session, context.sealer, outcomes, now):
            rejects.warning("outcomes", warning.line, warning.column, warning.value, warning.reason)
        set_marks_from_feed(session, marked, now)
        session.add(
            Load(
                sequence=manifest.sequence,
                manifest_sha256=manifest.sha256,
                record=manifest.record_name,
                kind=manifest.kind,
                as_of=manifest.as_of,
                created_at=manifest.created_at,
                rows={name: entry.rows for name, entry in manifest.files.items()},
                counts=assembled.counts,
                rejected=rejects.rows,
                warnings=rejects.warnings,
                not_adding_up=assembled.not_adding_up,
                started_at=started,
                finished_at=now,
            )
        )
        switch_to(session, manifest.record_name)
        rejects.close()


def _outcomes(builder: Builder) -> list[OutcomeRow]:
    rows = builder.rows(
        'SELECT submission_id, outcome, "on", case_id, text, line FROM stage.outcomes'
    )
    return [
        OutcomeRow(number, outcome, date.fromisoformat(str(on)), case_id, text, line)
        for number, outcome, on, case_id, text, line in rows
    ]


def _newly_marked(context: Context, builder: Builder) -> list[str]:
    rows = builder.rows("SELECT participant_id FROM record.participants WHERE family_violence")
    return [row[0] for row in rows]
