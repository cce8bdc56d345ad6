"""Files as answers."""

from __future__ import annotations

import io

from flask import Response, send_file

from portal.security.headers import DOWNLOAD_POLICY


def pdf_answer(pdf: bytes, name: str) -> Response:
    """A PDF to save.

    :param name: the file's, without its ending.
    """
    response: Response = send_file(
        io.BytesIO(pdf), "application/pdf", as_attachment=True, download_name=f"{name}.pdf",
        max_age=0,
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    response.headers.pop("ETag", None)
    return response
