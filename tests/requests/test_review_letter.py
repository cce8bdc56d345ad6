"""The first step of a review, as it is reached by links of the case's pages."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import event

from portal.context import Context
from portal.feeds.load import load
from tests.requests.parents import ADDRESS, REVIEW, Parents, begin_review
from tests.support.extract import ExtractBuilder
from tests.support.page import Page, Seen, attributes

MADE_UP = {"case": "0" * 32, "letter": "1" * 32}


def _case_links(page: Page) -> list[str]:
    """The addresses of the person's cases."""
    found = page.get("/cases")
    if found.path != "/cases":
        return [found.path]
    paths = {urlsplit(href).path for href in found.links().values()}
    return sorted(path for path in paths if path.startswith("/cases/") and path.count("/") == 2)


def _link_to_answer(page: Page) -> str:
    """The link on a letter's page that leads to answering it."""
    for case in _case_links(page):
        for href in page.get(f"{case}/letters").links().values():
            if "/letters/" in href:
                for answer in page.get(href).links().values():
                    if f"{REVIEW}/new?" in answer:
                        return answer
    raise AssertionError("no letter can be answered")


def _ids(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


def _alike(seen: Seen) -> tuple[int, str]:
    """The answer without its token and the echo of its own address."""
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", seen.text)
    return seen.status, re.sub(r"\?(case|letter)=[^\"' ]*", "", text)


@pytest.mark.parametrize("named", [("case",), ("case", "letter"), ("letter",)])
def test_anothers_case_or_letter_is_like_one_that_never_was(
    payor: Page, marked: Page, named: tuple[str, ...]
) -> None:
    """ACL-1"""
    theirs = _ids(_link_to_answer(payor))
    for method in ("get", "post"):
        foreign, nobodys = (
            getattr(marked, method)(f"{REVIEW}/new", query_string={key: ids[key] for key in named})
            for ids in (theirs, MADE_UP)
        )
        assert foreign.status == 404
        assert _alike(foreign) == _alike(nobodys)


def test_anothers_letter_beside_ones_own_case_is_not_found(payor: Page, marked: Page) -> None:
    """ACL-1"""
    theirs = _ids(_link_to_answer(payor))
    own = _case_links(marked)[0].split("/")[-1]
    answers = [
        _alike(marked.get(f"{REVIEW}/new", query_string={"case": own, "letter": letter}))
        for letter in (theirs["letter"], MADE_UP["letter"], "")
    ]
    assert {status for status, _text in answers} == {404}
    assert len(set(answers)) == 1


@pytest.mark.parametrize("path", [f"{ADDRESS}/new", "/requests/new", "/requests"])
def test_ids_that_a_page_does_not_ask_for_change_nothing(
    payor: Page, marked: Page, path: str
) -> None:
    """ACL-1, ACL-2: another's, made up or none, the page is the same."""
    theirs = _ids(_link_to_answer(payor))
    answers = {_alike(marked.get(path, query_string=ids)) for ids in (theirs, MADE_UP, {})}
    assert len(answers) == 1
    assert next(iter(answers))[0] == 200


def test_a_letters_link_chooses_it_and_leads_back_to_it(payor: Page) -> None:
    link = _link_to_answer(payor)
    ids = _ids(link)
    seen = payor.get(link)
    (chosen,) = seen.document.query("input[name=about][checked]")
    assert (
        "Notice of delinquency"
        in seen.document.query(f'label[for="{attributes(chosen)["id"]}"]')[0].to_text()
    )
    (back,) = seen.document.query(".back a")
    assert attributes(back)["href"] == f"/cases/{ids['case']}/letters/{ids['letter']}"
    assert payor.get(str(attributes(back)["href"])).status == 200


def test_the_way_back_leads_to_where_one_came_from(payor: Page) -> None:
    case = _case_links(payor)[0]
    ways = {
        f"{REVIEW}/new?case={case.split('/')[-1]}": case,
        f"{REVIEW}/new": "/requests/new",
    }
    for path, back in ways.items():
        (link,) = payor.get(path).document.query(".back a")
        assert attributes(link)["href"] == back
    begin_review(payor)
    (link,) = payor.get(f"{REVIEW}/new").document.query(".back a")
    assert attributes(link)["href"] == "/requests", "what was begun is gone on with from the list"


def _many_cases(builder: ExtractBuilder, count: int) -> None:
    for number in range(count):
        case = f"D{number}"
        builder.case(case)
        builder.member(case, "P", "noncustodial")
        builder.notice(case, "P", "delinquency", "2026-11-10", respond_by="2026-12-10")
    builder.settle()


def _queries(context: Context, page: Page, path: str) -> int:
    page.get(path)
    count = 0

    def counted(*_arguments: object) -> None:
        nonlocal count
        count += 1

    event.listen(context.database.engine, "before_cursor_execute", counted)
    try:
        assert page.get(path).path == path
    finally:
        event.remove(context.database.engine, "before_cursor_execute", counted)
    return count


def test_the_number_of_queries_does_not_grow_with_the_cases(
    payor: Page, parents: Parents, context: Context, tmp_path: object
) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    begin_review(payor)
    paths = [f"{REVIEW}/{step}" for step in ("new", "grounds", "check")]
    before = [_queries(context, payor, path) for path in paths]
    _many_cases(parents.family.builder, 8)
    load(context, parents.family.builder.write(tmp_path / "2", sequence=2))
    assert [_queries(context, payor, path) for path in paths] == before
