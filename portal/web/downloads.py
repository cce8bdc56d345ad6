"""Files as answers: what a page gives to save."""

from __future__ import annotations

import io

from flask import Response, send_file

from portal.security.headers import DOWNLOAD_POLICY


def saved_file(data: bytes, media_type: str, name: str) -> Response:
    """A file to save: nothing in it may run (UPL-3), and no tag of it is kept to ask with."""
    response: Response = send_file(
        io.BytesIO(data), media_type, as_attachment=True, download_name=name, max_age=0
    )
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    response.headers.pop("ETag", None)
    return response


def csv_file(text: str, name: str) -> Response:
    """A table to save. :param name: ours, without a sign that a header would have to quote."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="text/csv", headers=disposition)
