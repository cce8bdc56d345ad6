"""The way to one's case."""

from __future__ import annotations

from tests.cases.family import Family
from tests.support.accounts import make_account, sign_in
from tests.support.extract import one_family
from tests.support.page import Page


def test_the_first_page_after_sign_in_is_the_case(households: Family) -> None:
    seen = households.open("A")
    assert seen.h1 == "Your case"
    assert "Case C1" in seen.words


def test_an_open_case_comes_before_a_closed_one(family: Family) -> None:
    builder = one_family().builder
    builder.case("C0", status="closed", closed_on="2024-05-05")
    builder.member("C0", "P", "noncustodial")
    family.load(builder)
    assert "Case C1 · Open" in family.open("P").words
    assert "Case C0 · Closed" in family.open("P", case=1).words


def test_who_has_no_case_is_told_what_to_do(family: Family) -> None:
    family.load(one_family().builder)
    seen = family.page("K").get("/cases")
    assert seen.h1 == "We found no case of yours"
    assert "(800) 332-2733" in seen.words


def test_an_account_without_a_person_opens_no_case(family: Family) -> None:
    """ACL-1: an account may be of nobody in the record."""
    family.load(one_family().builder)
    address = family.open("P").path
    page = Page(family.page("P").app)
    sign_in(page, make_account(family.context, email="nobody@example.org"))
    assert page.get("/cases").h1 == "We found no case of yours"
    assert page.get(address).status == 404
