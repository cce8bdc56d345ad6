"""CRS-1: killed at any moment, what was acknowledged is there, whole; the rest whole or absent."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.context import Context
from portal.notices.models import OutboxItem
from portal.requests.events import events_of
from portal.requests.evidence_store import EvidenceStore
from portal.requests.export_events import open_evidence
from portal.requests.models import EvidenceFile, Submission
from tests.requests.parents import Parents
from tests.requests.sends_reviews import open_instance

pytestmark = pytest.mark.slow

KILLS = 12
SEED = 20261122


def _run_and_kill(folder: Path, parents: Parents, seconds: float) -> list[str]:
    """The lines that were acknowledged before the kill."""
    command = [sys.executable, "-m", "tests.requests.sends_reviews", str(folder),
               parents.payor.id, "P"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        first = process.stdout.readline()  # however busy the machine is, one of them is whole
        time.sleep(seconds)
        process.kill()
        rest = first + process.stdout.read()
    return [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]


def _check_whole(context: Context, submission: Submission) -> None:
    """The request with its event, stay, file, audit row and mail: all of it or none."""
    store = EvidenceStore(context.settings.evidence_url)
    with context.database.session() as session:
        names = [event.event for event in events_of(session, submission.id)]
        assert names == ["submitted", "stay_began", "stay_began"], "the letter is on two cases"
        (file,) = session.scalars(
            select(EvidenceFile).where(EvidenceFile.submission_id == submission.id)
        )
        data = open_evidence(session, context.sealer, store, file.id)
        assert hashlib.sha256(data).hexdigest() == file.sha256
        audited = select(AuditEvent).where(
            AuditEvent.name == "request:submitted", AuditEvent.subject_id == submission.id
        )
        assert len(session.scalars(audited).all()) == 1
        key = f"request:submitted:{submission.id}"
        mailed = select(OutboxItem).where(OutboxItem.dedupe_key == key)
        assert len(session.scalars(mailed).all()) == 1


def test_no_acknowledged_request_is_lost(context: Context, parents: Parents) -> None:
    """CRS-1, AUD-3"""
    source, acknowledged = random.Random(SEED), set()
    folder = context.settings.instance
    context.database.engine.dispose()
    for _number in range(KILLS):
        lines = _run_and_kill(folder, parents, source.uniform(0.02, 0.5))
        acknowledged |= {line.split()[0] for line in lines}
    again = open_instance(folder)
    with again.database.session() as session:
        sent = session.query(Submission).all()
    assert acknowledged <= {submission.number for submission in sent}
    assert len(acknowledged) >= KILLS
    assert len(sent) - len(acknowledged) <= KILLS  # at most one a kill was committed, not yet said
    for submission in sent:
        _check_whole(again, submission)
    again.database.engine.dispose()
