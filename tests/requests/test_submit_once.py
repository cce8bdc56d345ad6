"""CON-1: double clicks, retries, Back and 20 parallel posts give one request and one mail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from portal.context import Context
from portal.requests.models import Draft, Submission, SubmissionEvent
from tests.requests.parents import ADDRESS, REVIEW, Parents, begin_review, to_check, type_address
from tests.support.accounts import mails
from tests.support.page import ORIGIN, Page, attributes


def _counts(context: Context) -> tuple[int, int, int, int]:
    with context.database.session() as session:
        return (
            session.query(Submission).count(),
            session.query(SubmissionEvent).filter_by(event="submitted").count(),
            session.query(Draft).count(),
            len(mails(context, "request_received")),
        )


def _draft_of(page: Page) -> str:
    assert page.seen is not None
    return str(attributes(page.seen.document.query("input[name=draft]")[0])["value"])


def _post_at_once(app: Flask, page: Page, path: str, times: int) -> list[str]:
    """The same post, by so many threads with the same cookie; where each is led to."""
    draft, token = _draft_of(page), page.csrf_token()
    cookie = page.client.get_cookie("portal", domain="localhost")
    assert cookie is not None

    def post(_number: int) -> str:
        client = app.test_client()
        client.set_cookie("portal", cookie.value, domain="localhost")
        answer = client.post(path, data={"draft": draft, "csrf_token": token}, base_url=ORIGIN)
        return f"{answer.status_code} {answer.headers.get('Location')}"

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(post, range(times)))


def test_twenty_parallel_posts_of_a_review(app: Flask, payor: Page, context: Context) -> None:
    begin_review(payor)
    to_check(payor)
    answers = _post_at_once(app, payor, f"{REVIEW}/check", 20)
    assert len(set(answers)) == 1
    assert answers[0].startswith("302 /requests/")
    assert answers[0].endswith("/receipt")
    assert _counts(context) == (1, 1, 0, 1)


def test_twenty_parallel_posts_of_an_address(app: Flask, payor: Page, context: Context) -> None:
    type_address(payor)
    payor.get(f"{ADDRESS}/check")
    answers = _post_at_once(app, payor, f"{ADDRESS}/check", 20)
    assert len(set(answers)) == 1
    assert _counts(context) == (1, 1, 0, 1)


def test_back_and_send_again_shows_the_same_receipt(payor: Page, context: Context) -> None:
    begin_review(payor)
    to_check(payor)
    draft = _draft_of(payor)
    first = payor.submit("/check")
    again = payor.post(f"{REVIEW}/check", {"draft": draft})
    assert first.path == again.path
    assert _counts(context) == (1, 1, 0, 1)


def test_anothers_draft_is_not_sent(payor: Page, marked: Page, context: Context) -> None:
    """ACL-1: neither before it was sent nor after."""
    begin_review(payor)
    to_check(payor)
    draft = _draft_of(payor)
    begin_review(marked, grounds=("amount_wrong",))
    assert marked.post(f"{REVIEW}/check", {"draft": draft}).status == 404
    payor.submit("/check")
    assert marked.post(f"{REVIEW}/check", {"draft": draft}).status == 404
    assert _counts(context)[0] == 1


def test_what_was_begun_anew_is_a_request_of_its_own(
    payor: Page, context: Context, parents: Parents
) -> None:
    for _number in range(2):
        type_address(payor)
        payor.get(f"{ADDRESS}/check")
        payor.submit("/check")
    assert _counts(context) == (2, 2, 0, 2)
