"""Known weaknesses of the locked packages (SUP-1), asked of the OSV database, https://osv.dev.

``python .ci/audit.py`` sends names and versions, nothing else. It ends with 0 where nothing is
known, 1 with a line for each that is, 2 where the database cannot be reached. ``PORTAL_OSV_URL``
names a copy of it inside a closed network. What was looked at and is put up with stands in
``.ci/audit-accepted.txt``, a line each: id, until when (a date), and why; after that day it counts.
"""

# ruff: noqa: S310, T201 (a command: it prints, and asks the address that its owner names)
from __future__ import annotations

import datetime
import json
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any

import sbom

HERE = Path(__file__).resolve().parent
OSV = "https://api.osv.dev/v1/querybatch"
SECONDS = 30


def packages() -> list[dict[str, Any]]:
    """What is locked: what runs, what develops it, and what builds styles and scripts."""
    root = HERE.parent
    python = {
        (name, version)
        for lock in ("requirements.txt", "requirements-dev.txt", "static/requirements-node.txt")
        for name, version, _ in sbom.python_packages((root / lock).read_text("utf-8"))
    }
    npm = sbom.npm_packages((root / "static/package-lock.json").read_text("utf-8"))
    kinds = [("PyPI", *one) for one in sorted(python)] + [("npm", n, v) for n, v, _ in npm]
    return [
        {"package": {"ecosystem": kind, "name": name}, "version": version}
        for kind, name, version in kinds
    ]


def accepted(today: datetime.date, path: Path = HERE / "audit-accepted.txt") -> set[str]:
    """The ids that are put up with today."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    rows = [line.split(None, 2) for line in lines if line.strip() and not line.startswith("#")]
    return {one for one, until, _why in rows if today <= datetime.date.fromisoformat(until)}


def ask(asked: list[dict[str, Any]]) -> list[str]:
    """A line ``name version id`` for each weakness. :raises OSError: where nobody answers."""
    request = urllib.request.Request(
        os.environ.get("PORTAL_OSV_URL", OSV),
        json.dumps({"queries": asked}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as reply:
        results = json.load(reply)["results"]
    if len(results) != len(asked):
        raise OSError("the database answered another question")
    return [
        f"{one['package']['name']} {one['version']} {weakness['id']}"
        for one, result in zip(asked, results, strict=True)
        for weakness in result.get("vulns") or []
    ]


def main() -> int:
    """Ask, and say what is known."""
    asked = packages()
    try:
        found = ask(asked)
    except (OSError, ValueError, KeyError) as error:
        print(f"The weaknesses of {len(asked)} packages could not be looked up: {error}")
        return 2
    today = datetime.datetime.now(datetime.UTC).date()
    known = accepted(today)
    open_ = [line for line in found if line.split()[2] not in known]
    for line in open_:
        print(line)
    put_up_with = len(found) - len(open_)
    print(f"{len(asked)} packages, {len(open_)} known weaknesses, {put_up_with} accepted")
    return 1 if open_ else 0


if __name__ == "__main__":
    sys.exit(main())
