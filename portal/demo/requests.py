"""What the demo's parents sent in over the last weeks, and how far the agency's people are with it.

Every request is made by the services that the pages use, one transaction a step, in the order in
which it happened; only the moments are past ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal import create_app
from portal.accounts.models import Account
from portal.audit.seal import seal_events
from portal.context import Context
from portal.demo import sending, working
from portal.demo.people import Person
from portal.demo.senders import Sender, Senders
from portal.demo.working import Step
from portal.requests.models import Submission

OLDEST_DAYS = 50
"""Before the first of the requests: from when on the agency's people and the senders have their
accounts."""
_NORA, _THEO = "nora", "theo"
_Done = tuple[datetime, int, Callable[[Session, datetime], None]]


@dataclass(frozen=True)
class Story:
    """One request: sent so many days ago by whom `choose` finds, and what was done with it when.

    `steps` are (days ago, who of the staff, what).
    """

    key: str
    sent_ago: int
    choose: Callable[[Senders, datetime], Sender | None]
    send: sending.Send
    steps: tuple[tuple[int, str, Step], ...] = ()
    language: str = "en"
    numbers: list[str] = field(default_factory=list)


def stories(context: Context) -> tuple[Story, ...]:
    """All of them; what is due soon or late hangs on the days the agency has to decide."""
    decide = context.agency.review.decision_days

    def answers(senders: Senders, at: datetime) -> Sender | None:
        return senders.answering(context.agency.local_date(at), late=False)

    def answers_late(senders: Senders, at: datetime) -> Sender | None:
        return senders.answering(context.agency.local_date(at), late=True)

    def receives(senders: Senders, _at: datetime) -> Sender | None:
        return senders.custodial()

    def is_marked(senders: Senders, _at: datetime) -> Sender | None:
        return senders.custodial(marked=True)

    def pays(senders: Senders, _at: datetime) -> Sender | None:
        return senders.payor()

    take = working.take_it
    return (
        Story("held", 0, is_marked, sending.new_address),
        Story("new", 1, answers, sending.review_with_stub),
        Story("new-address", 2, pays, sending.new_address),
        Story("new-late-answer", 3, answers_late, sending.review),
        Story("new-without-notice", 6, receives, sending.review_of_receiver, language="es"),
        Story("taken", 9, answers, sending.review, ((7, _NORA, take),)),
        Story("applied", 12, pays, sending.new_address,
              ((9, _NORA, take), (8, _NORA, working.apply_it))),
        Story("withdrawn", 14, answers_late, sending.review,
              ((13, _THEO, take), (10, "", working.withdraw_it))),
        Story("waiting", 15, answers_late, sending.review,
              ((12, _THEO, take), (4, _THEO, working.ask))),
        Story("escalated", decide - 6, answers, sending.review,
              ((20, _THEO, take), (2, _THEO, working.put_before_supervisors))),
        Story("due-soon", decide - 2, answers, sending.review, ((20, _NORA, take),)),
        Story("late", decide + 3, receives, sending.review_of_receiver),
        Story("partly-granted", 40, answers, sending.review_with_stub,
              ((36, _NORA, take), (13, _NORA, working.grant_in_part))),
        Story("denied", 45, receives, sending.review_of_receiver,
              ((43, _THEO, take), (20, _THEO, working.deny))),
        Story("question", 5, pays, sending.question),
        Story("answered", 16, pays, sending.question,
              ((14, _NORA, take), (12, _NORA, working.answer))),
    )  # fmt: skip


def make_requests(context: Context, people: Sequence[Person]) -> tuple[Story, ...]:
    """Let all of it happen, the oldest first; returns the stories with their numbers.

    A story that the families have nobody for is left out: an agency of few families has fewer.
    The trail is sealed at the end, as the worker does by itself.
    """
    workers = {person.key: person.account_id for person in people if person.is_staff}
    senders = Senders(
        context, [person.participant_id for person in people if person.participant_id]
    )
    happened: list[_Done] = []
    told = stories(context)
    for story in told:
        at = _moment(context, story.sent_ago)
        sender = story.choose(senders, at)
        if sender is not None:
            happened.extend(_steps(context, senders, story, sender, workers))
    with create_app(context=context).app_context():  # letters are worded by the app's catalogues
        for at, _order, happen in sorted(happened, key=lambda done: done[:2]):
            with context.database.transaction() as session:
                happen(session, at)
    seal_events(context, context.now())
    return tuple(story for story in told if story.numbers)


def _steps(
    context: Context, senders: Senders, story: Story, sender: Sender, workers: dict[str, str]
) -> Iterator[_Done]:
    def arrive(session: Session, at: datetime) -> None:
        registered = at - timedelta(hours=1)
        account_id = senders.register(session, sender, story.language, registered)
        actor = session.get_one(Account, account_id)
        sent: Submission = story.send(session, context, actor, sender, at)
        story.numbers.append(sent.number)

    yield _moment(context, story.sent_ago), 0, arrive
    for order, (ago, key, step) in enumerate(story.steps, start=1):

        def work(session: Session, at: datetime, key: str = key, step: Step = step) -> None:
            worker = session.get_one(Account, workers[key]) if key else None
            step(session, context, worker, story.numbers[0], at)

        yield _moment(context, ago), order, work


def _moment(context: Context, days_ago: int) -> datetime:
    """In working hours of that day, agency time; two hours ago for today."""
    now = context.now()
    if not days_ago:
        return now - timedelta(hours=2)
    local = now.astimezone(context.agency.timezone) - timedelta(days=days_ago)
    at = local.replace(hour=9 + days_ago % 7, minute=7 * days_ago % 60, second=0, microsecond=0)
    return at.astimezone(now.tzinfo)
