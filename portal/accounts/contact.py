"""E-mail addresses and phone numbers: checked and brought to one spelling by libraries."""

from __future__ import annotations

import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

HOME_REGION = "US"
"""Where a phone number without a country code is: support agencies are those of the states."""


class BadAddress(ValueError):
    """Not an e-mail address that mail can be sent to."""


class BadPhone(ValueError):
    """Not a phone number."""


def normalise_email(typed: str) -> str:
    """An address as it is kept and shown. :raises BadAddress: where it can be none."""
    try:
        return validate_email(typed.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise BadAddress(str(error)) from error


def email_key(address: str) -> str:
    """The spelling that addresses are compared and counted in, whatever was typed (PWD-5)."""
    try:
        address = normalise_email(address)
    except BadAddress:
        address = address.strip()
    return unicodedata.normalize("NFC", address).casefold()


def normalise_phone(typed: str) -> str:
    """A phone number in E.164, such as ``+16175550123``. :raises BadPhone: where it can be none."""
    try:
        number = phonenumbers.parse(typed, HOME_REGION)
    except phonenumbers.NumberParseException as error:
        raise BadPhone from error
    if not phonenumbers.is_possible_number(number):
        raise BadPhone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown_phone(number: str) -> str:
    """An E.164 number as people write it: ``(617) 555-0123``, or with its country code."""
    parsed = phonenumbers.parse(number)
    national = phonenumbers.region_code_for_country_code(parsed.country_code or 0) == HOME_REGION
    style = phonenumbers.PhoneNumberFormat
    chosen = style.NATIONAL if national else style.INTERNATIONAL
    return phonenumbers.format_number(parsed, chosen)
