"""The demo's requests: the agency's queue shows one in each state, made by the pages' services."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import create_app
from portal.accounts.models import Account
from portal.audit.verify import verify
from portal.context import Context, open_context
from portal.demo import set_up
from portal.demo.people import Demo
from portal.demo.requests import Story, stories
from portal.demo.senders import Senders
from portal.notices.letter_models import PortalLetter
from portal.requests.lifecycle import OPEN_STATES
from portal.requests.models import EvidenceFile, Submission
from portal.settings import load_settings
from tests.requests.parents import exported
from tests.staff.queue_of import numbers
from tests.support.clock import Clock
from tests.support.keys import TEST_KEY
from tests.support.page import Page

AS_OF = date(2026, 11, 22)


def nothing_yet(folder: Path) -> Context:
    """A context over nothing at all, as at the demo's first start."""
    settings = load_settings(
        {"PORTAL_MODE": "test", "PORTAL_SECRET_KEYS": TEST_KEY},
        instance=folder / "instance",
        argon2_memory_kib=64,
        argon2_time=1,
        address_limits=False,
    )
    return open_context(settings, Clock())


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    found = nothing_yet(tmp_path_factory.mktemp("demo"))
    yield found
    found.database.engine.dispose()


@pytest.fixture(scope="module")
def demo(context: Context) -> Demo:
    return set_up.fill(context, families=60, seed=1, as_of=AS_OF, say=lambda _words: None)


@pytest.fixture
def demo_app(context: Context, demo: Demo) -> Flask:
    settings = dataclasses.replace(context.settings, mode="demo")
    return create_app(context=dataclasses.replace(context, settings=settings))


def sent(context: Context) -> list[Submission]:
    with context.database.session() as session:
        found = list(session.scalars(select(Submission).order_by(Submission.submitted_at)))
        session.expunge_all()
        return found


def test_each_state_is_there(context: Context, demo: Demo) -> None:
    found, today = sent(context), AS_OF
    assert len(found) == len(stories(context))
    states = [it.state for it in found]
    assert states.count("submitted") == 7
    assert states.count("applied") == 2
    for state in ("withdrawn", "more_information_asked"):
        assert states.count(state) == 1, state
    questions = [it.state for it in found if it.kind == "question"]
    assert sorted(questions) == ["applied", "submitted"]
    assert sorted(it.decision for it in found if it.decision) == ["denied", "partly_granted"]
    still = [it for it in found if it.state in OPEN_STATES]
    assert [it for it in still if it.due_on and it.due_on < today and it.owner_id is None]
    assert [it for it in still if it.due_on == today + timedelta(days=2)]
    assert [it for it in still if it.escalated_at]
    assert [it for it in still if it.hold_until and it.hold_until > context.now()]
    assert [it for it in still if it.asked_until and it.asked_until > today]
    reviews = [it for it in found if it.kind == "administrative_review"]
    assert [it for it in reviews if it.notice_dated_on is None]
    stays = [it for it in reviews if any(case.stay_began_at for case in it.cases)]
    assert stays
    assert [it for it in reviews if it.notice_dated_on and it not in stays]
    assert all(it.submitted_at < context.now() for it in found)


def test_letters_and_papers_are_there(context: Context, demo: Demo) -> None:
    with context.database.session() as session:
        kinds = sorted(session.scalars(select(PortalLetter.kind)))
        assert len(kinds) == 4
        assert {"more_information", "question_answered"} <= set(kinds)
        sent_in = EvidenceFile.submission_id.is_not(None)  # receipts of own records are not
        assert session.scalar(select(func.count()).where(sent_in)) == 2


def test_the_people_one_can_be_have_sent_nothing(context: Context, demo: Demo) -> None:
    """What the first page promises of them is theirs to do; nor does any of their cases rest."""
    named = {person.participant_id for person in demo.people if person.participant_id}
    assert not named & {it.participant_id for it in sent(context)}
    with context.database.session() as session:
        accounts = set(session.scalars(select(Account.participant_id)))
    registered = {it.participant_id for it in demo.people if it.registered and not it.is_staff}
    assert registered <= accounts


def test_the_caseworker_sees_them_in_the_queue(
    demo_app: Flask, demo: Demo, context: Context
) -> None:
    page = Page(demo_app)
    page.get("/demo/")
    page.submit("/demo/sign-in/nora")
    seen = page.get("/staff/queue")
    waiting = {it.number for it in sent(context) if it.state in OPEN_STATES}
    assert set(numbers(seen)) == waiting
    for number in (it.number for it in sent(context)):
        assert page.get(f"/staff/requests/{number}").status == 200


def test_the_trail_is_whole_and_the_agency_is_told(context: Context, demo: Demo) -> None:
    """AUD-1: the past moments of the requests do not trouble the chain."""
    report = verify(context, context.now())
    assert report.events > report.unsealed
    lines = exported(context)
    told = {line["submission"] for line in lines}
    assert {it.number for it in sent(context)} <= told


def test_the_same_families_send_the_same(context: Context, demo: Demo) -> None:
    """Who sends what hangs on the record alone; only numbers are drawn by lot."""
    people = [person.participant_id for person in demo.people if person.participant_id]

    def chosen(story: Story, senders: Senders) -> object:
        at = context.now() - timedelta(days=story.sent_ago)
        sender = story.choose(senders, at)
        return sender and sender.participant_id

    first, again = Senders(context, people), Senders(context, people)
    told = stories(context)
    picked = [chosen(story, first) for story in told]
    assert picked == [chosen(story, again) for story in told]
    assert {str(it) for it in picked} == {it.participant_id for it in sent(context)}


def test_an_agency_of_few_families_starts_too(tmp_path: Path) -> None:
    context = nothing_yet(tmp_path)
    demo = set_up.fill(context, families=3, seed=1, as_of=AS_OF, say=lambda _words: None)
    assert demo.people
    assert sent(context) == []
    context.database.engine.dispose()
