"""What a person of the record is called, in letters, statements and lists."""

from __future__ import annotations

import pytest

from portal.record.models import Participant
from portal.record.names import full_name


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("Jordan", "Lee", "Pike", "Jr."), "Jordan Lee Pike Jr."),
        (("Jordan", None, "Pike", None), "Jordan Pike"),
        ((None, None, "Suharto", None), "Suharto"),
        ((None, None, None, None), ""),
    ],
)
def test_all_of_the_name_first_name_first(parts: tuple[str | None, ...], name: str) -> None:
    first, middle, last, suffix = parts
    person = Participant(first_name=first, middle_name=middle, last_name=last, suffix=suffix)
    assert full_name(person) == name
