"""Uploads stay in memory until they are cleaned and sealed (KEY-2).

Werkzeug writes parts of more than 500 KB to temporary files, in plain. The application's limit on a
request (one file of 10 MB and its form) bounds what memory takes instead.
"""

from __future__ import annotations

import io
from typing import IO, cast

from flask import Flask, Request
from flask.blueprints import BlueprintSetupState

from portal.requests.views.blueprint import blueprint


class InMemoryRequest(Request):
    """A request whose uploads never touch the disk."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()


@blueprint.record_once
def use_in_memory_requests(state: BlueprintSetupState) -> None:
    """Have the application read its requests this way."""
    cast(Flask, state.app).request_class = InMemoryRequest
