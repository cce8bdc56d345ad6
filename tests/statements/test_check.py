"""The public page: real, altered, expired, taken back and made-up statements, each in plain words."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from portal import create_app
from portal.context import Context
from portal.statements.codes import LENGTH, new_code, normalise, spelled
from portal.statements.models import CONTENT, SharedStatement, StatementKey
from portal.statements.signing import canonical
from tests.cases.family import Family
from tests.statements.sharing import Shared, share, visitor
from tests.support.clock import Clock
from tests.support.page import Page, Seen

CHECK = "/statements/check"
OURS = "This statement is ours"


def open_code(page: Page, code: str) -> Seen:
    return page.get(f"{CHECK}/{code}")


def change(context: Context, **values: object) -> None:
    """As somebody would who can write to the database."""
    with context.database.transaction() as session:
        session.execute(update(SharedStatement).values(**values))


def row(context: Context) -> SharedStatement:
    with context.database.session() as session:
        found = session.scalars(select(SharedStatement)).one()
        session.expunge(found)
        return found


def test_the_true_one_in_any_spelling(family: Family) -> None:
    made = share(family, "A", first="10/08/2026", last="10/31/2026")
    page = visitor(made.page)
    for typed in (made.code, made.code.lower(), made.code.replace("-", " "), f" {made.code} "):
        page.get(CHECK)
        seen = page.submit(CHECK, code=typed)
        assert seen.h1 == OURS
        assert seen.path == f"{CHECK}/{made.code.replace('-', '')}"
    for words in ("Alex Silva", "receives child support", "October 8, 2026 to October 31, 2026",
                  "made it on November 22, 2026", "checked until February 20, 2027",
                  "Support that fell due $400.00", "Oct 14, 2026 $100.00 Oct 15, 2026",
                  "Child support: $100.00 every week"):  # fmt: skip
        assert words in seen.words


def test_it_shows_what_was_signed_whatever_became_of_the_case(
    family: Family, tmp_path: Path
) -> None:
    """The figures are those of the paper, not today's."""
    from portal.feeds.load import load
    from tests.support.extract import one_family

    made = share(family, "A")
    before = open_code(visitor(made.page), made.code).words
    builder = one_family().builder
    builder.payment("P", "2026-11-20", "999.00", {("C1", "current_support"): "999.00"})
    builder.settle()
    load(family.context, builder.write(tmp_path / "later", sequence=2), max_rejects=1000)
    assert open_code(visitor(made.page), made.code).words == before


def test_made_up_and_mistyped_alike(family: Family) -> None:
    """ENU-1: nothing tells whether a code was nearly right."""
    made = share(family, "A")
    plain = made.code.replace("-", "")
    last = "3" if plain[-1] == "2" else "2"
    page = visitor(made.page)
    answers = set()
    for typed in (
        new_code(),
        plain[:-1] + last,
        plain[:-1],
        plain + "2",
        "x",
        "0" * LENGTH,
        "é" * 20,
    ):
        seen = open_code(page, typed)
        answers.add((seen.status, seen.source))
        page.get(CHECK)
        sent = page.submit(CHECK, code=typed)
        assert sent.status == 404
        assert "We made no statement with this code" in sent.errors
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    page.get(CHECK)
    assert "Enter the code" in page.submit(CHECK, code="").errors


def test_an_expired_one_says_so_and_shows_no_figure(family: Family, clock: Clock) -> None:
    made = share(family, "A")
    page = visitor(made.page)
    clock.forward(days=90)
    assert open_code(page, made.code).h1 == OURS, "its last day is one of its days"
    clock.forward(days=1)
    seen = open_code(page, made.code)
    assert seen.h1 == "This statement has expired"
    assert "made on November 22, 2026 and could be checked until February 20, 2027" in seen.words
    assert_silent(seen)


def test_one_that_was_taken_back_says_so_and_shows_no_figure(family: Family) -> None:
    made = share(family, "A")
    made.take_back()
    seen = open_code(visitor(made.page), made.code)
    assert seen.h1 == "This statement no longer counts"
    assert_silent(seen)


def assert_silent(seen: Seen) -> None:
    assert seen.status == 200
    for hidden in ("Silva", "C1", "$"):
        assert hidden not in seen.words


def swapped_content(context: Context) -> dict[str, object]:
    """Another figure, sealed by somebody who has the portal's keys but not the signing one."""
    found = row(context)
    said = json.loads(context.sealer.open(found.content, CONTENT, found.id))
    said["says"]["figures"][-1] = "1.00"
    return {"content": context.sealer.seal(canonical(said), CONTENT, found.id)}


def longer(context: Context) -> dict[str, object]:
    """A later last day."""
    found = row(context)
    said = json.loads(context.sealer.open(found.content, CONTENT, found.id))
    said["valid_until"] = "2036-01-01"
    return {"content": context.sealer.seal(canonical(said), CONTENT, found.id)}


def flipped(context: Context) -> dict[str, object]:
    signature = row(context).signature
    return {"signature": ("1" if signature[0] == "0" else "0") + signature[1:]}


def garbled(context: Context) -> dict[str, object]:
    content = bytearray(row(context).content)
    content[-1] ^= 1
    return {"content": bytes(content)}


def plain_text(context: Context) -> dict[str, object]:
    return {"content": b"{}", "signature": "no hex"}


@pytest.mark.parametrize("how", [swapped_content, longer, flipped, garbled, plain_text])
def test_an_altered_one_is_not_vouched_for(
    family: Family, how: Callable[[Context], dict[str, object]]
) -> None:
    """KEY-2: whatever was written into the database, nothing of it is shown."""
    made = share(family, "A")
    change(family.context, **how(family.context))
    seen = open_code(visitor(made.page), made.code)
    assert seen.h1 == "We cannot stand by this statement"
    assert "Do not rely on it" in seen.words
    assert_silent_but_phone(seen)
    assert "Does not hold" in made.page.get("/statements").words
    assert made.page.get(made.address).status == 200
    assert made.page.get(f"{made.address}/statement.pdf").status == 404
    made.take_back()
    assert open_code(visitor(made.page), made.code).status == 200


def assert_silent_but_phone(seen: Seen) -> None:
    for hidden in ("Silva", "C1", "$"):
        assert hidden not in seen.words


def test_a_key_of_somebody_elses_signs_nothing(family: Family) -> None:
    """A key that is not sealed for its own row does not open, so nobody can bring one."""
    made = share(family, "A")
    with family.context.database.transaction() as session:
        seed = base64.b64encode(bytes(32)).decode()
        forged = family.context.sealer.seal(seed, "statement_keys.seed", "elsewhere")
        session.execute(update(StatementKey).values(seed=forged))
    assert open_code(visitor(made.page), made.code).h1 == "We cannot stand by this statement"


def test_two_statements_cannot_trade_places(family: Family) -> None:
    """What was signed for one row does not count in another."""
    first, second = share(family, "A"), share(family, "P")
    with family.context.database.transaction() as session:
        rows = session.scalars(select(SharedStatement).order_by(SharedStatement.id)).all()
        a, b = ((it.content, it.signature) for it in rows)
        (rows[0].content, rows[0].signature), (rows[1].content, rows[1].signature) = b, a
    for made in (first, second):
        assert open_code(visitor(made.page), made.code).h1 == "We cannot stand by this statement"


def compare(made: Shared, data: bytes | None) -> Seen:
    page = visitor(made.page)
    open_code(page, made.code)
    file = (io.BytesIO(data), "statement.pdf") if data is not None else None
    return page.submit("/file", file=file)


def test_a_file_is_compared_to_the_last_bit(family: Family) -> None:
    made = share(family, "A")
    pdf = made.pdf()
    assert "This is the file we made" in compare(made, pdf).words
    changed = bytearray(pdf)
    changed[len(pdf) // 2] ^= 1
    for other in (bytes(changed), pdf + b"\n", pdf[:-1], b"%PDF", share(family, "A").pdf()):
        seen = compare(made, other)
        assert "This is not the file we made" in seen.words
        assert "Support that fell due" in seen.words, "what ours says stands below"
    for nothing in (None, b""):
        assert "Choose the file of the statement" in compare(made, nothing).errors


def test_a_file_is_not_compared_for_a_code_that_shows_nothing(family: Family) -> None:
    made = share(family, "A")
    pdf = made.pdf()
    page = visitor(made.page)
    open_code(page, made.code)
    made.take_back()
    seen = page.submit("/file", file=(io.BytesIO(pdf), "x.pdf"))
    assert seen.h1 == "This statement no longer counts"
    assert "the file we made" not in seen.words
    address = f"{CHECK}/{new_code()}/file"
    assert page.post(address, {"file": (io.BytesIO(pdf), "x.pdf")}).status == 404


def test_nothing_is_kept_of_who_checks_and_what_is_sent(family: Family) -> None:
    """LOG-1, KEY-2: neither code nor file lies in plain anywhere."""
    made = share(family, "A")
    marker = b"%PDF canary-of-a-landlord"
    compare(made, marker)
    plain = made.code.replace("-", "")
    instance = family.context.settings.instance
    for path in instance.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert plain.encode() not in data, path
            assert made.code.encode() not in data, path
            assert marker not in data, path


def test_the_code_does_not_stand_in_the_log(
    family: Family, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """LOG-1"""
    made = share(family, "A")
    open_code(visitor(made.page), made.code.replace("-", ""))
    written = caplog.text + "".join(capsys.readouterr())
    assert "statements.checked" in written
    assert made.code.replace("-", "") not in written
    assert made.code not in written


def test_no_search_engine_no_referrer_no_cache(family: Family) -> None:
    made = share(family, "A")
    page = visitor(made.page)
    for address in (CHECK, f"{CHECK}/{made.code}", f"{CHECK}/{new_code()}"):
        headers = page.get(address).headers
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert 'content="noindex, nofollow"' in page.get(address).text


def test_wrong_codes_are_limited_and_right_ones_are_not(family: Family) -> None:
    """RAT-1: sixty wrong ones an hour from one place, typed and opened together."""
    made = share(family, "A")
    settings = dataclasses.replace(family.context.settings, address_limits=True)
    context = dataclasses.replace(family.context, settings=settings)
    page = Page(create_app(context=context), lint=False)
    for _number in range(70):
        assert open_code(page, made.code).status == 200
    for _number in range(30):
        assert open_code(page, new_code()).status == 404
        page.get(CHECK)
        assert page.submit(CHECK, code=new_code()).status == 404
    assert open_code(page, new_code()).status == 429
    assert open_code(page, made.code).status == 429, "and nothing more is told"
    create_app(context=family.context)  # limits are the application's: off again for other tests


def test_without_its_token_no_form_is_read(family: Family) -> None:
    """CSR-1"""
    made = share(family, "A")
    page = visitor(made.page)
    assert page.post(CHECK, {"code": made.code}, csrf=False).status == 400
    assert page.post(f"{CHECK}/{made.code}/file", {}, csrf=False).status == 400


def test_codes() -> None:
    """100 random bits, no sign that looks like another."""
    code = new_code()
    assert len(code) == LENGTH
    assert normalise(spelled(code).lower()) == code
    assert normalise(code[:-1]) is None
    assert normalise(f"{code[:-1]}O") is None
    assert len({new_code() for _number in range(1000)}) == 1000
