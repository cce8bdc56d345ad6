"""The page that hands a person everything we hold."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import SubmitField

from portal.accounts.reauthentication import recently_authenticated
from portal.accounts.safety_marks import is_marked
from portal.accounts.views.blueprint import me, wait_words
from portal.holdings.download import Kind, TooMany, download
from portal.web import clock, context, db, reads_first
from portal.web.access import parents_only, signed_in
from portal.web.downloads import saved_file
from portal.web.forms import PortalForm
from portal.web.holdings import parts
from portal.web.two_edges import edges

blueprint = Blueprint("holdings", __name__)
blueprint.before_request(parents_only)
_TYPES = {Kind.JSON: "application/json", Kind.PDF: "application/pdf"}


class SaveForm(PortalForm):
    """Two buttons: which of them was pressed is the answer."""

    pdf = SubmitField(_l("Save the PDF, to read and print"))
    json = SubmitField(_l("Save the JSON file, for other programs"))


@blueprint.route("/account/everything-we-hold", methods=["GET", "POST"])
@signed_in
@recently_authenticated
@reads_first
def everything_we_hold() -> ResponseReturnValue:
    """What is in it and where to keep it; the buttons save it. Its owner proves to be present, for
    it holds more than any other page (SES-6)."""
    form = SaveForm()
    if form.validate_on_submit():
        kind, now = Kind.JSON if form.json.data else Kind.PDF, clock.now()
        try:
            return _file(download(edges(), db(), context(), me(), kind, now), kind)
        except TooMany as error:
            form.pdf.errors = (wait_words(error.until, now),)
    participant_id = me().participant_id
    return render_template(
        "holdings/everything_we_hold.html",
        form=form,
        titles=[part.title for part in parts()],
        marked=participant_id is not None and is_marked(db(), participant_id),
    )


def _file(data: bytes, kind: Kind) -> Response:
    """To save. The name says nothing: it can be read by whoever sees the folder."""
    name = f"copy-{clock.today().isoformat()}"
    return saved_file(data, _TYPES[kind], f"{name}.{kind.value}")
