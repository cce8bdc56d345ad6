"""Files as answers."""

from __future__ import annotations

from flask import Flask

from portal.security.headers import DOWNLOAD_POLICY
from portal.web.downloads import csv_file, saved_file


def test_nothing_in_a_saved_file_may_run() -> None:
    """UPL-3."""
    with Flask(__name__).test_request_context():
        answer = saved_file(b"<script>", "image/png", "pay stub.png")
        answer.direct_passthrough = False
        assert answer.get_data() == b"<script>"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pay stub.png"'
    assert answer.headers["Content-Security-Policy"] == DOWNLOAD_POLICY
    assert answer.mimetype == "image/png"
    assert "ETag" not in answer.headers


def test_a_table_is_saved_not_shown() -> None:
    answer = csv_file("a,b\r\n", "figures.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="figures.csv"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.get_data() == b"a,b\r\n"
