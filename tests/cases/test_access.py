"""Every address of one person, opened by another: the same 404 as for an address made up."""

from __future__ import annotations

import pytest

from tests.cases.family import Family
from tests.support.page import Page

MADE_UP = "A" * 43


def not_found(page: Page, address: str) -> tuple[int, str]:
    seen = page.get(address, follow=False)
    return seen.status, seen.source


@pytest.mark.parametrize("owner", ["P", "A"])
def test_everything_of_one_person_is_404_to_all_others(households: Family, owner: str) -> None:
    """ACL-1: the other parent on the same case and a stranger alike, alike to a made-up id."""
    addresses = [it for it in households.walk(owner) if it != "/cases"]
    assert len(addresses) > 25
    for other in {"P", "A", "B", "S"} - {owner}:
        page = households.page(other)
        made_up = not_found(page, f"/cases/{MADE_UP}")
        assert made_up[0] == 404
        for address in addresses:
            assert not_found(page, address) == made_up, (other, address)


def test_tokens_of_other_objects_do_not_open_on_ones_own_case(households: Family) -> None:
    """ACL-1: a payment of another case, another person's letter, under one's own case."""
    mine = households.page("A")
    base = mine.get("/cases").path
    made_up = not_found(mine, f"{base}/payments/{MADE_UP}")
    assert made_up == not_found(mine, f"{base}/letters/{MADE_UP}")
    own = {address.rpartition("/")[2] for address in households.walk("A")}
    tokens = {
        (parts[-2], parts[-1])
        for address in households.walk("P")
        if len(parts := address.partition("?")[0].split("/")) == 5
        and len(parts[-1]) >= len(MADE_UP)
        and parts[-1] not in own
    }
    assert {kind for kind, _token in tokens} == {"payments", "letters", "lines"}
    for kind, token in tokens:
        assert not_found(mine, f"{base}/{kind}/{token}") == made_up


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "/payments",
        "/payments.csv",
        "/balances",
        "/order",
        "/letters",
        f"/payments/{MADE_UP}",
        "/how-we-got-here",
        "/how-we-got-here.csv",
        "/how-we-got-here/2026-09",
        f"/lines/{MADE_UP}",
        "/own-records",
        "/own-records.csv",
        "/own-records/new",
        "/own-records/csv",
        f"/own-records/{MADE_UP}",
    ],
)
def test_a_visitor_is_led_to_sign_in_for_real_and_made_up_ids(
    households: Family, tail: str
) -> None:
    """ACL-1: anonymous, the same redirect."""
    base = households.page("A").get("/cases").path
    visitor = Page(households.page("A").app)
    for address in (base + tail, f"/cases/{MADE_UP}{tail}"):
        seen = visitor.get(address, follow=False)
        assert seen.status == 302
        assert seen.headers["Location"].startswith("/sign-in?next=")


def test_a_person_without_a_case_is_told_so(households: Family) -> None:
    child = households.page("K1")
    assert child.get("/cases").h1 == "We found no case of yours"


def test_no_case_number_nor_key_stands_in_an_address(households: Family) -> None:
    """Every id in an address is opaque, and a payment's is its own on each case."""
    addresses = " ".join(households.walk("P"))
    for key in ("C1", "C2", "PAY", "NOT"):
        assert f"/{key}" not in addresses
    of_a = {it.rpartition("/")[2] for it in households.walk("A") if "/payments/" in it}
    of_b = {it.rpartition("/")[2] for it in households.walk("B") if "/payments/" in it}
    assert of_a
    assert of_b
    assert not of_a & of_b
