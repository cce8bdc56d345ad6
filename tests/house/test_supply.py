"""What the portal is made of: the bill of materials and the audit of the locks (SUP-1)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from portal.settings import PROJECT
from tests.support.ports import held_port

LOCKS = (
    "requirements.txt", "requirements-dev.txt", "static/requirements-node.txt",
    "static/package-lock.json", "pyproject.toml",
)  # fmt: skip


def run(script: str, project: Path = PROJECT, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / ".ci" / script)]
    return subprocess.run(
        command, env=os.environ | environ, capture_output=True, text=True, timeout=120
    )


def locked(name: str) -> set[str]:
    text = (PROJECT / name).read_text("utf-8")
    return set(re.findall(r"(?m)^([a-z0-9._-]+==[^\s;\\]+)", text))


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    done = run("sbom.py")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_bill_lists_exactly_the_locked_packages(bill: dict[str, Any]) -> None:
    """SUP-1: each with its version and the sums that are installed by; nothing more."""
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    python = [c for c in bill["components"] if c["purl"].startswith("pkg:pypi/")]
    named = [f"{c['name']}=={c['version']}" for c in python]
    assert len(set(named)) == len(named) > 40
    assert set(named) == locked("requirements.txt")
    lock = (PROJECT / "requirements.txt").read_text("utf-8")
    sums = [h["content"] for c in python for h in c["hashes"]]
    assert sorted(sums) == sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", lock))
    assert all(c["scope"] == "required" and c["hashes"] for c in python)
    assert len({c["bom-ref"] for c in bill["components"]}) == len(bill["components"])


def test_the_bill_tells_what_of_the_browser_part_ships(bill: dict[str, Any]) -> None:
    """SUP-1: what only builds is there too, and said to be left out."""
    npm = {c["name"]: c["scope"] for c in bill["components"] if c["purl"].startswith("pkg:npm/")}
    lock = json.loads((PROJECT / "static/package-lock.json").read_text("utf-8"))
    assert set(npm) == {path.rpartition("node_modules/")[2] for path in lock["packages"] if path}
    assert [name for name, scope in npm.items() if scope == "required"] == ["@uswds/uswds"]


def test_the_same_locks_give_the_same_bill(bill: dict[str, Any]) -> None:
    """SUP-1: it can be compared from release to release; it names no place to fetch from."""
    again = run("sbom.py").stdout
    assert json.loads(again) == bill
    assert not re.search(r"https?://", again)


class Database:
    """Answers as the OSV database does: one weakness for one package of a name."""

    def __init__(self, weak: str) -> None:
        self.asked: list[dict[str, Any]] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))[
                    "queries"
                ]
                asked.extend(queries)
                known = {
                    "vulns": [{"id": "GHSA-test-0000-0001", "modified": "2026-11-01T00:00:00Z"}]
                }
                results = [known if q["package"]["name"] == weak else {} for q in queries]
                body = json.dumps({"results": results}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """No access log."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1/querybatch"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


@pytest.fixture
def weak_flask() -> Iterator[Database]:
    database = Database("flask")
    yield database
    database.close()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The locks and the scripts alone, to change what is accepted."""
    shutil.copytree(PROJECT / ".ci", tmp_path / ".ci")
    (tmp_path / "static").mkdir()
    for name in LOCKS:
        shutil.copy(PROJECT / name, tmp_path / name)
    return tmp_path


def test_the_audit_asks_for_every_lock_and_fails_on_what_is_known(weak_flask: Database) -> None:
    """SUP-1: and sends names and versions, nothing else."""
    done = run("audit.py", PORTAL_OSV_URL=weak_flask.url)
    assert done.returncode == 1
    assert re.match(r"flask \S+ GHSA-test-0000-0001\n\d+ packages, 1 known weak", done.stdout)
    asked = {f"{q['package']['name']}=={q['version']}" for q in weak_flask.asked}
    assert locked("requirements.txt") | locked("requirements-dev.txt") <= asked
    assert any(q["package"]["ecosystem"] == "npm" for q in weak_flask.asked)
    assert all(q.keys() == {"package", "version"} for q in weak_flask.asked)


@pytest.mark.parametrize(("until", "status"), [("2999-12-31", 0), ("2020-01-01", 1)])
def test_what_was_looked_at_is_put_up_with_for_a_time(
    weak_flask: Database, copy: Path, until: str, status: int
) -> None:
    """SUP-1: an exception ends by itself."""
    (copy / ".ci/audit-accepted.txt").write_text(f"GHSA-test-0000-0001 {until} not used\n")
    assert run("audit.py", copy, PORTAL_OSV_URL=weak_flask.url).returncode == status


def test_without_the_database_the_audit_says_so_and_is_no_success() -> None:
    """SUP-1: silence is never taken for health."""
    done = run("audit.py", PORTAL_OSV_URL=f"http://127.0.0.1:{held_port()}/")
    assert done.returncode == 2
    assert "could not be looked up" in done.stdout
    assert len(done.stdout.splitlines()) == 1


def test_nothing_is_accepted_without_a_day_and_a_reason() -> None:
    """SUP-1."""
    lines = (PROJECT / ".ci/audit-accepted.txt").read_text("utf-8").splitlines()
    for line in lines:
        assert line.startswith("#") or re.fullmatch(r"\S+ \d{4}-\d\d-\d\d .{10,}", line), line
