"""Papers and photos of a request: looked at as pictures of ours, saved as cleaned files (UPL-3)."""

from __future__ import annotations

import structlog
from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.requests.open_file import OpenedFile
from portal.security.headers import DOWNLOAD_POLICY
from portal.security.permissions import Permission
from portal.staff.evidence_pictures import CannotDraw, draw_page, open_evidence
from portal.staff.protected_location import keeps_back
from portal.staff.views.blueprint import blueprint, worker
from portal.staff.views.on_request import on_request, requested
from portal.web import clock, context, db
from portal.web.access import staff_only
from portal.web.downloads import saved_file
from portal.web.edge import write_afterwards
from portal.web.paging import cut

log = structlog.get_logger()
AT_ONCE = 4
"""How many pages of a paper stand on one page of ours."""
_SMALL = 60
"""The width, in pixels, of a picture that only tells how many pages there are."""


@blueprint.get("/requests/<number>/evidence/<file_id>")
@staff_only(Permission.WORK_REQUESTS)
@on_request
def request_evidence(number: str, file_id: str) -> ResponseReturnValue:
    """One paper or photo, page by page."""
    file = _opened(number, file_id, "viewer")
    try:
        pages = draw_page(file.data, 1, _SMALL).pages
    except CannotDraw:
        pages = 0
    screen = cut(pages, AT_ONCE, request.args.get("page", 1, type=int))
    return render_template(
        "staff/request_evidence.html",
        number=number,
        file_id=file_id,
        name=file.name,
        pages=pages,
        shown=screen.of(range(1, pages + 1)),
        screen=screen.page,
        screens=screen.pages,
    )


@blueprint.get("/requests/<number>/evidence/<file_id>/pages/<int:page>")
@staff_only(Permission.WORK_REQUESTS)
@on_request
def request_evidence_picture(number: str, file_id: str, page: int) -> ResponseReturnValue:
    """A page as a picture that the server made."""
    file = _opened(number, file_id, "picture")
    try:
        drawn = draw_page(file.data, page)
    except CannotDraw:
        abort(404)
    return picture(drawn.png)


@blueprint.get("/requests/<number>/evidence/<file_id>/file")
@staff_only(Permission.WORK_REQUESTS)
@on_request
def request_evidence_file(number: str, file_id: str) -> ResponseReturnValue:
    """The cleaned file, to save."""
    file = _opened(number, file_id, "file")
    return saved_file(file.data, file.media_type, file.name)


def picture(png: bytes) -> Response:
    """The answer that a picture is."""
    response = Response(png, mimetype="image/png")
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response


def _opened(number: str, file_id: str, how: str) -> OpenedFile:
    """The file, with a row in the trail of how it was opened; 404 while it is being checked, and
    for one that was refused, and for one that tells where somebody at risk lives (PRV-2)."""
    submission = requested()
    if keeps_back(db(), worker(), submission, clock.now()):
        abort(404)
    try:
        file = open_evidence(db(), context(), submission, file_id)
    except LookupError:
        abort(404)
    except OSError:
        log.exception("evidence_out_of_reach")
        abort(503)
    worker_id, now = worker().id, clock.now()
    detail = {"how": how, "request": submission.id}

    def write(session: Session) -> None:
        record_event(session, "staff:evidence:opened", now=now, actor_id=worker_id,
                     subject=("evidence", file_id), detail=detail)  # fmt: skip

    write_afterwards(write)
    return file
