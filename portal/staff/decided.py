"""A decision on a review: every disputed line answered with a reason, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from portal.requests.models import Submission
from portal.rules.money import ZERO
from portal.rules.transitions import Event
from portal.security.sealing import Sealer
from portal.staff.decision_draft import (
    DisputedLine,
    LineOutcome,
    TypedDecision,
    amount_of,
    disputed_lines,
    read_decision,
)


@dataclass(frozen=True, slots=True)
class DecidedLine:
    """The answer to a disputed line. `granted` is in dollars; None where the line has no amount."""

    line: DisputedLine
    outcome: LineOutcome
    granted: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A whole decision: every line answered with a reason."""

    lines: tuple[DecidedLine, ...]
    paragraphs: str

    @property
    def event(self) -> Event:
        """What it comes to: all granted, all denied, or something between."""
        outcomes = {line.outcome for line in self.lines}
        if outcomes == {LineOutcome.GRANTED}:
            return Event.GRANTED
        return Event.DENIED if outcomes == {LineOutcome.DENIED} else Event.PARTLY_GRANTED

    @property
    def payments(self) -> tuple[DecidedLine, ...]:
        """The lines that claim an amount: the only ones whose amounts can be summed and compared.
        What is granted of anything else comes beside no claim."""
        return tuple(line for line in self.lines if line.line.claimed is not None)

    @property
    def claimed(self) -> Decimal:
        """All that was claimed by payments, in dollars."""
        return sum((line.line.claimed or ZERO for line in self.payments), ZERO)

    @property
    def granted(self) -> Decimal:
        """What of the claimed payments is granted, in dollars."""
        return sum((line.granted or ZERO for line in self.payments), ZERO)

    def as_fields(self) -> dict[str, Any]:
        """As the export hands it on."""
        return {
            "lines": [_line_as_json(line) for line in self.lines],
            "claimed": f"{self.claimed:.2f}",
            "granted": f"{self.granted:.2f}",
        }


class Incomplete(ValueError):
    """Lines without an answer, an amount that cannot be, or no reason: by the line's number."""

    def __init__(self, problems: dict[int, str]) -> None:
        super().__init__(", ".join(f"{number}: {what}" for number, what in problems.items()))
        self.problems = problems


def problem_of(line: DisputedLine, outcome: str, amount: str, reason: str) -> str | None:
    """What is missing of an answer: ``outcome``, ``amount``, ``too_much`` or ``reason``."""
    if outcome not in set(LineOutcome):
        return "outcome"
    found = amount_of(amount)
    if line.claimed is not None and outcome == LineOutcome.PARTLY:
        if found is None:
            return "amount"
        if found >= line.claimed:
            return "too_much"
    if line.claimed is None and amount.strip() and found is None:
        return "amount"
    return None if reason.strip() else "reason"


def decision_from(lines: Sequence[DisputedLine], typed: TypedDecision) -> Decision:
    """The decision that was typed. Raises `Incomplete`."""
    problems: dict[int, str] = {}
    decided = []
    for number, (line, answer) in enumerate(zip(lines, typed.lines, strict=True)):
        problem = problem_of(line, answer.outcome, answer.amount, answer.reason)
        if problem is not None:
            problems[number] = problem
            continue
        outcome = LineOutcome(answer.outcome)
        granted = _granted(line, outcome, amount_of(answer.amount))
        decided.append(DecidedLine(line, outcome, granted, answer.reason.strip()))
    if problems or not decided:
        raise Incomplete(problems)
    return Decision(tuple(decided), typed.paragraphs)


def _granted(line: DisputedLine, outcome: LineOutcome, amount: Decimal | None) -> Decimal | None:
    if outcome is LineOutcome.DENIED:
        return None if line.claimed is None else ZERO
    if outcome is LineOutcome.GRANTED and line.claimed is not None:
        return line.claimed
    return amount


def drafted_decision(session: Session, sealer: Sealer, submission: Submission) -> Decision:
    """The decision as saved last. Raises `Incomplete`."""
    saved = read_decision(session, sealer, submission)
    return decision_from(disputed_lines(sealer, submission), saved.typed)


def _line_as_json(decided: DecidedLine) -> dict[str, Any]:
    line = decided.line
    about: dict[str, Any] = {"ground": line.ground.value} if line.ground else {}
    if line.payment is not None:
        about = line.payment.as_json()
    if line.dispute is not None:
        about = line.dispute.as_json()
    return {
        "line": line.key,
        **about,
        "outcome": decided.outcome.value,
        "granted": None if decided.granted is None else f"{decided.granted:.2f}",
        "reason": decided.reason,
    }
