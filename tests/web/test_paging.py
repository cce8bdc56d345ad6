"""Long lists, a page at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.web.paging import Cut, cut


@given(st.integers(0, 300), st.integers(1, 60), st.integers(-5, 400))
def test_the_pages_together_are_the_list(count: int, length: int, wanted: int) -> None:
    found = range(count)
    pages = cut(count, length, wanted).pages
    assert [it for page in range(1, pages + 1) for it in cut(count, length, page).of(found)] == [
        *found
    ]
    shown = cut(count, length, wanted)
    assert shown.page == min(max(wanted, 1), pages)
    assert len(shown.of(found)) <= length
    assert shown.of(found) or not count


def test_an_empty_list_has_one_page() -> None:
    assert cut(0, 25, 7) == Cut(1, 1, 25)
