"""What we hold of what a person sent in, or began: requests whole, drafts, and files by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from portal.requests.add_evidence import name_of
from portal.requests.caseworkers import names_for_parents, with_whom
from portal.requests.give_more import number_of
from portal.requests.holdings_words import ACTORS, FILE_STATES, LABELS, said
from portal.requests.models import Draft, EvidenceFile, Submission, SubmissionEvent
from portal.requests.read_request import happened
from portal.requests.sealed import DRAFT, FIELDS, open_json
from portal.requests.summary import RequestSummary, summaries
from portal.requests.words import DECISIONS, KINDS, event_name, where_it_stands
from portal.rules.vocabulary import RequestKind
from portal.web.holdings import Asked, Chapters, Why, Word, holds


@holds(
    "requests",
    place=120,
    title=_l("What you sent us"),
    labels=LABELS,
    told={
        "submissions": "number kind state decision decided_on owner asked_until due_on "
        "submitted_at fields notice_dated_on notice_respond_by hold_until",
        "submission_cases": "case_id notice_amount stay_began_at stay_ended_at",
        "submission_events": "event at actor_kind case_id detail",
        "evidence_files": "name sha256 size media_type state added_at checked_at",
    },
    kept_back=[
        (Why.INSIDE, {
            "submissions": "id account_id participant_id version idempotency_key",
            "submission_cases": "submission_id position notice_id",
            "submission_events": "id uid submission_id",
            "evidence_files": "id account_id draft_id submission_id stored_as",
        }),
        (Why.OTHERS, {"submissions": "owner_id"}),
        (Why.AGENCY, {"submissions": "escalated_at"}),
    ],
)  # fmt: skip
def _requests(asked: Asked) -> Chapters:
    """One query for each kind of row, however many requests there are."""
    mine = Submission.account_id == asked.account_id
    chosen = select(Submission).where(mine).order_by(Submission.submitted_at, Submission.id)
    found = asked.session.scalars(chosen).all()
    shown = summaries(asked.session, found)
    names = names_for_parents(asked.session, asked.context.agency, shown)
    ids = select(Submission.id).where(mine)
    events = _events(asked, SubmissionEvent.submission_id.in_(ids))
    files = _files(asked, EvidenceFile.submission_id.in_(ids))
    return Chapters(
        _request(asked, row, summary, with_whom(summary, names), events[row.id], files[row.id])
        for row, summary in zip(found, shown, strict=True)
    )


def _request(
    asked: Asked,
    row: Submission,
    summary: RequestSummary,
    who: str,
    events: Sequence[SubmissionEvent],
    files: Sequence[EvidenceFile],
) -> dict[str, Any]:
    sealer = asked.context.sealer
    decision = summary.decision
    return {
        "number": row.number,
        "kind": _kind(row.kind),
        "submitted_at": row.submitted_at,
        "state": Word(row.state, str(where_it_stands(summary))),
        "with": who,
        "due_on": row.due_on,
        "asked_until": row.asked_until,
        "decision": Word(decision.value, str(DECISIONS[decision])) if decision else None,
        "decided_on": row.decided_on,
        "letter_dated_on": row.notice_dated_on,
        "letter_answer_by": row.notice_respond_by,
        "held_until": row.hold_until,
        "cases": [
            {
                "case": case.case_id,
                "letter_amount": case.notice_amount,
                "pause_began_at": case.stay_began_at,
                "pause_ended_at": case.stay_ended_at,
            }
            for case in row.cases
        ],
        "you_said": said(open_json(sealer, row.fields, FIELDS, row.id)),
        "events": _told_events(asked, row, events),
        "files": [_file(asked, file) for file in files],
    }


def _told_events(
    asked: Asked, row: Submission, events: Sequence[SubmissionEvent]
) -> list[dict[str, Any]]:
    kind = RequestKind(row.kind)
    return [
        {
            "at": it.at,
            "event": Word(it.event, str(event_name(kind, it.event))),
            "by": Word(event.actor_kind, str(ACTORS.get(event.actor_kind, event.actor_kind))),
            "case": it.case_id,
            "on": it.on,
            "text": it.text,
            "replaced_by": it.replaced_by,
        }
        for event, it in zip(events, happened(asked.context.sealer, events), strict=True)
    ]


@holds(
    "drafts",
    place=130,
    title=_l("What you began and did not send"),
    labels=LABELS,
    told={"drafts": "kind started_at saved_at data"},
    kept_back=[(Why.INSIDE, {"drafts": "id account_id"})],
)
def _drafts(asked: Asked) -> Chapters:
    sealer, mine = asked.context.sealer, Draft.account_id == asked.account_id
    found = asked.session.scalars(select(Draft).where(mine).order_by(Draft.started_at)).all()
    files = _files(asked, EvidenceFile.draft_id.in_(select(Draft.id).where(mine)), "draft_id")
    return Chapters(
        {
            "kind": _kind_of_draft(draft.kind),
            "started_at": draft.started_at,
            "saved_at": draft.saved_at,
            "you_said": said(open_json(sealer, draft.data, DRAFT, draft.id)),
            "files": [_file(asked, file) for file in files[draft.id]],
        }
        for draft in found
    )


def _kind(kind: str) -> Word:
    return Word(kind, str(KINDS[RequestKind(kind)]))


def _kind_of_draft(kind: str) -> Word:
    number = number_of(kind)
    if number is None:
        return _kind(kind)
    return Word(kind, _("What we asked for, to request %(number)s", number=number))


def _events(asked: Asked, which: ColumnElement[bool]) -> Mapping[str, list[SubmissionEvent]]:
    found: dict[str, list[SubmissionEvent]] = defaultdict(list)
    chosen = select(SubmissionEvent).where(which).order_by(SubmissionEvent.id)
    for event in asked.session.scalars(chosen):
        found[event.submission_id].append(event)
    return found


def _files(
    asked: Asked, which: ColumnElement[bool], by: str = "submission_id"
) -> Mapping[str, list[EvidenceFile]]:
    found: dict[str, list[EvidenceFile]] = defaultdict(list)
    chosen = select(EvidenceFile).where(which, EvidenceFile.account_id == asked.account_id)
    in_order = chosen.order_by(EvidenceFile.added_at, EvidenceFile.id)
    for file in asked.session.scalars(in_order):
        found[getattr(file, by)].append(file)
    return found


def _file(asked: Asked, file: EvidenceFile) -> dict[str, Any]:
    return {
        "name": name_of(asked.context.sealer, file),
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "state": Word(file.state, str(FILE_STATES.get(file.state, file.state))),
        "added_at": file.added_at,
        "checked_at": file.checked_at,
    }
