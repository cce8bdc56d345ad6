"""Forms of a request's pages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, FormField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length, ValidationError

from portal.staff import answer_question, ask_for_more, notes, refuse_request
from portal.staff.ask_for_more import BadDay, check_day
from portal.staff.decision_draft import (
    MOST_AMOUNT,
    MOST_PARAGRAPHS,
    MOST_REASON,
    LineOutcome,
    SavedDecision,
    TypedDecision,
    TypedLine,
)
from portal.staff.request_words import LINE_OUTCOMES, PROBLEMS
from portal.web import clock, context
from portal.web.forms import DateField, PortalForm, RowsField, TidyField


def plain(text: str | None) -> str:
    """What was typed into a box, without the blanks around it, lines ended alike."""
    return "\n".join((text or "").strip().splitlines())


class NoteForm(PortalForm):
    """A note for colleagues."""

    words = TextAreaField(
        _l("New note"),
        validators=[
            DataRequired(_l("Write the note")),
            Length(max=notes.MOST_WORDS, message=_l("Use 4,000 letters or fewer")),
        ],
    )


class MoreForm(PortalForm):
    """What the parent is asked for, and by when."""

    words = TextAreaField(
        _l("What do you need from the parent?"),
        validators=[
            DataRequired(_l("Write what you need from the parent")),
            Length(max=ask_for_more.MOST_WORDS, message=_l("Use 4,000 letters or fewer")),
        ],
    )
    until = DateField(_l("By when?"), validators=[DataRequired(_l("Enter the last day"))])

    def validate_until(self, field: DateField) -> None:
        """A day that leaves time, and is not years away."""
        try:
            if field.data is not None:
                check_day(context().agency, field.data, clock.now())
        except BadDay:
            raise ValidationError(_("Enter a day from tomorrow to 90 days from now")) from None


class RefusalForm(PortalForm):
    """Why it is refused."""

    reason = TextAreaField(
        _l("Why can it not be done? The parent reads this in a letter."),
        validators=[
            DataRequired(_l("Write the reason")),
            Length(max=refuse_request.MOST_WORDS, message=_l("Use 2,000 letters or fewer")),
        ],
    )


class AnswerForm(PortalForm):
    """The answer to a question."""

    words = TextAreaField(
        _l("Your answer. The parent reads it in a letter."),
        validators=[
            DataRequired(_l("Write the answer")),
            Length(max=answer_question.MOST_WORDS, message=_l("Use 4,000 letters or fewer")),
        ],
    )


class LineForm(Form):
    """The answer to one disputed line; may be incomplete while it is being written."""

    outcome = RadioField(
        _l("Our answer"),
        choices=[SelectChoice(it.value, LINE_OUTCOMES[it]) for it in LineOutcome],
        validate_choice=False,
    )
    amount = TidyField(
        _l("Amount we agree to"),
        validators=[Length(max=MOST_AMOUNT, message=_l("Enter an amount such as 80.00"))],
    )
    reason = TextAreaField(
        _l("Why"),
        validators=[Length(max=MOST_REASON, message=_l("Use 1,000 letters or fewer"))],
    )


class DecisionForm(PortalForm):
    """The answers line by line, and what the letter says beside them."""

    lines = RowsField(FormField(LineForm))
    paragraphs = TextAreaField(
        _l("More for the letter"),
        validators=[Length(max=MOST_PARAGRAPHS, message=_l("Use 6,000 letters or fewer"))],
    )

    def __init__(self, saved: SavedDecision, **kwargs: Any) -> None:
        typed = saved.typed
        lines = [
            {"outcome": line.outcome, "amount": line.amount, "reason": line.reason}
            for line in typed.lines
        ]
        super().__init__(data={"lines": lines, "paragraphs": typed.paragraphs}, **kwargs)
        while len(self.lines) > len(lines):
            self.lines.pop_entry()
        while len(self.lines) < len(lines):
            self.lines.append_entry()

    def typed(self) -> TypedDecision:
        """What was typed, complete or not."""
        return TypedDecision(
            tuple(
                TypedLine(row.outcome.data or "", row.amount.data or "", plain(row.reason.data))
                for row in self.lines
            ),
            plain(self.paragraphs.data),
        )

    def show_problems(self, problems: dict[int, str]) -> None:
        """Put what is missing at its fields: by a line's number, a key of `PROBLEMS`."""
        for number, problem in problems.items():
            name, words = PROBLEMS[problem]
            self.lines[number].form[name].errors = [words]
        self.lines.errors = [entry.errors for entry in self.lines]
