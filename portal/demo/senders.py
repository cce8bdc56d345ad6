"""Who of the made-up families sends the demo's requests: never one of the people one can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_urlsafe

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.provision import Wishes, provision_account
from portal.accounts.safety_marks import SafetyMark
from portal.context import Context
from portal.ledger.case_view import open_cases
from portal.record.models import Case, Member
from portal.requests.review_letters import AnswerableLetter, answerable_letters
from portal.rules.vocabulary import CaseStatus, Role


@dataclass(frozen=True, slots=True)
class Sender:
    """A parent, the case that a request of theirs is about, and the letter it answers, if any."""

    participant_id: str
    case_id: str
    letter: AnswerableLetter | None = None


class Senders:
    """Gives out parents, each family once, in the record's order: the same record, the same ones.

    Families with somebody in them whom a visitor can be are left alone. Only the first families got
    a notice of late: who need not have one is taken from the end.
    """

    def __init__(self, context: Context, known: Iterable[str]) -> None:
        self._context, self._count = context, 0
        with context.database.transaction(write=False) as session:
            rows = session.execute(
                select(Member.case_id, Member.participant_id, Member.role)
                .join(Case, Case.case_id == Member.case_id)
                .where(Case.status == CaseStatus.OPEN, Member.until.is_(None))
                .order_by(Member.case_id, Member.participant_id)
            ).all()
            marked = select(SafetyMark.participant_id).where(SafetyMark.marked)
            self._marked = set(session.scalars(marked))
        kept = set(known)
        busy = {row.case_id for row in rows if row.participant_id in kept}
        kept |= {row.participant_id for row in rows if row.case_id in busy}
        payors = [row for row in rows if row.role == Role.NONCUSTODIAL]
        others = [row for row in rows if row.role == Role.CUSTODIAL]
        self._payors = [(it.participant_id, it.case_id) for it in payors
                        if it.participant_id not in kept]  # fmt: skip
        self._custodial = [(it.participant_id, it.case_id) for it in others
                           if it.participant_id not in kept]  # fmt: skip
        self._used: set[str] = set()

    def custodial(self, *, marked: bool = False) -> Sender | None:
        """A custodial parent with or without the safety mark; None where nobody is left."""
        fits = ((who, case) for who, case in self._left(self._custodial[::-1])
                if (who in self._marked) is marked)  # fmt: skip
        return self._take(Sender(who, case) for who, case in fits)

    def payor(self) -> Sender | None:
        """A payor, whatever they were written."""
        return self._take(Sender(who, case) for who, case in self._left(self._payors[::-1])
                          if who not in self._marked)  # fmt: skip

    def answering(self, day: date, *, late: bool) -> Sender | None:
        """A payor who on that agency-local day can answer a notice of delinquency in time, or only
        late; None where nobody is left."""
        with self._context.database.transaction(write=False) as session:
            return self._take(self._answering(session, day, late))

    def _answering(self, session: Session, day: date, late: bool) -> Iterator[Sender]:
        for who, case in self._left(self._payors[::-1] if late else self._payors):
            views = open_cases(session, who, agency=self._context.agency, today=day)
            letters = answerable_letters(session, "", views) if views else []
            for letter in letters[:1]:
                if letter.dated_on <= day and letter.is_late is late:
                    yield Sender(who, case, letter)

    def _left(self, people: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        return ((who, case) for who, case in people if case not in self._used)

    def _take(self, fitting: Iterator[Sender]) -> Sender | None:
        found = next(fitting, None)
        if found is not None:
            self._used.add(found.case_id)
            self._used |= {it.case_id for it in found.letter.cases} if found.letter else set()
        return found

    def register(self, session: Session, sender: Sender, language: str, now: datetime) -> str:
        """Give a sender an account, whose password nobody is told; returns the account's id."""
        self._count += 1
        made = provision_account(
            session,
            self._context,
            participant_id=sender.participant_id,
            email=f"parent{self._count}@example.com",
            password=token_urlsafe(24),
            now=now,
            wishes=Wishes(language=language, has_hint=False),
        )
        return made.account.id
