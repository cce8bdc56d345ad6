"""Changing keys: what was signed and handed out before still holds (KEY-3)."""

from __future__ import annotations

from portal import create_app
from portal.context import Context
from portal.keys.rotate import rotate
from portal.statements.models import SharedStatement, StatementKey
from tests.cases.family import Family
from tests.keys.installation import NEW_KEY, with_keys
from tests.statements.sharing import share
from tests.support.page import Page


def answer(context: Context, code: str) -> str:
    return Page(create_app(context=context)).get(f"/statements/check/{code}").h1


def test_an_old_statement_holds_after_the_old_key_is_gone(family: Family) -> None:
    """KEY-3: sealed anew with a real PDF in it, signed by a key that was kept; found by its code."""
    made = share(family, "A")
    old = family.context.settings.secret_keys[0]
    both, new = with_keys(family.context, NEW_KEY, old), with_keys(family.context, NEW_KEY)
    assert answer(both, made.code) == "This statement is ours", "while both are there"
    assert answer(new, made.code) == "Check a statement", "not moved yet: not found"
    left = rotate(both, both.now())
    assert not {"shared_statements", "statement_keys"} & set(left.rows)
    assert answer(new, made.code) == "This statement is ours"
    with new.database.session() as session:
        row = session.query(SharedStatement).one()
        assert row.code_lookup.startswith("t2.")
        assert b"%PDF" in _decoded(new, row)


def _decoded(context: Context, row: SharedStatement) -> bytes:
    import base64

    return base64.b64decode(context.sealer.open_bytes(row.pdf, "shared_statements.pdf", row.id))[:8]


def test_what_is_made_under_a_new_key_is_signed_with_another(family: Family) -> None:
    """KEY-3: a key of the portal that leaked signs nothing new."""
    first = share(family, "A")
    old = family.context.settings.secret_keys[0]
    both = with_keys(family.context, NEW_KEY, old)
    moved = Family(both, family._folder)
    moved._pages["P"] = _signed_in(moved)
    second = share(moved, "P")
    with both.database.session() as session:
        assert {key.made_under for key in session.query(StatementKey)} == {"t1", "t2"}
        assert len({row.key_id for row in session.query(SharedStatement)}) == 2
    for made in (first, second):
        assert answer(both, made.code) == "This statement is ours"


def _signed_in(family: Family) -> Page:
    return family.page("P")
