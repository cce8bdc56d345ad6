"""The public page: somebody who was handed a statement checks that it is ours and unaltered.

It shows nothing that is not on the paper. A code that we never made and a mistyped one get the
same answer, and wrong ones are limited for each network address (RAT-1).
"""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.statements import shared_pages
from portal.statements.check_statement import Checked, State, check_code, note_check
from portal.statements.codes import normalise
from portal.statements.forms import CodeForm, FileForm
from portal.statements.views.blueprint import blueprint
from portal.web import clock, context, db, reads_first
from portal.web.access import public
from portal.web.edge import write_afterwards
from portal.web.limits import limiter

ALL, WRONG = "600 per hour", "60 per hour"
"""From one network address: checks, and codes that are none of ours."""
LARGEST_BYTES = 5_000_000
NOT_FOUND = 404
limit_all = limiter.shared_limit(ALL, scope="statement-checks")
limit_wrong = limiter.shared_limit(
    WRONG, scope="statement-codes", deduct_when=lambda answer: answer.status_code == NOT_FOUND
)


@blueprint.route("/statements/check", methods=["GET", "POST"])
@public
@limit_all
@limit_wrong
@reads_first
def check() -> ResponseReturnValue:
    """Type the code that stands on the statement."""
    form = CodeForm()
    if form.validate_on_submit():
        typed = form.code.data or ""
        if check_code(db(), context(), typed, clock.now()) is None:
            return _none_of_ours(form)
        return redirect(url_for("statements.checked", code=normalise(typed)))
    return _unlisted(render_template("statements/check.html", form=form))


@blueprint.get("/statements/check/<code>")
@public
@limit_all
@limit_wrong
def checked(code: str) -> ResponseReturnValue:
    """What we say of the statement with this code: where a phone's camera leads."""
    found = _found(code)
    return _none_of_ours(CodeForm()) if found is None else _answer(code, found)


@blueprint.post("/statements/check/<code>/file")
@public
@limit_all
@limit_wrong
@reads_first
def compared(code: str) -> ResponseReturnValue:
    """Whether a file is the one that we made. It is compared and forgotten."""
    found = _found(code)
    if found is None:
        return _none_of_ours(CodeForm())
    form = FileForm()
    sent = form.file.data if form.validate_on_submit() else None
    data = sent.read(LARGEST_BYTES) if sent else b""
    if not data:
        form.file.errors = [_("Choose the file of the statement")]
        return _answer(code, found, form)
    return _answer(code, found, form, is_same=found.is_our_file(data))


def _found(code: str) -> Checked | None:
    return check_code(db(), context(), code, clock.now())


def _answer(
    code: str, found: Checked, form: FileForm | None = None, is_same: bool | None = None
) -> Response:
    now = clock.now()
    write_afterwards(lambda session: note_check(session, found, now))
    if found.state is not State.VALID:
        return _unlisted(render_template("statements/checked.html", found=found))
    return _unlisted(
        render_template(
            "statements/valid.html",
            content=found.content,
            days=found.days,
            pages=shared_pages,
            form=form or FileForm(),
            is_same=is_same,
            code=normalise(code),
        )
    )


def _none_of_ours(form: CodeForm) -> Response:
    """Made up or mistyped: nobody can tell from the answer."""
    form.code.errors = [_("We made no statement with this code. Check each letter and number")]
    return _unlisted(render_template("statements/check.html", form=form), NOT_FOUND)


def _unlisted(page: str, status: int = 200) -> Response:
    """A page that no search engine is to keep."""
    answer: Response = make_response(page, status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
