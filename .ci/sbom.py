"""The bill of materials (SUP-1): every package the lock files name, as CycloneDX 1.6.

``python .ci/sbom.py > sbom.cdx.json``. The same locks give the same bytes. Licences are those that
the packages installed beside this Python tell of themselves. What only builds is ``excluded``.
"""

from __future__ import annotations

import base64
import importlib.metadata
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
SHIPPED_NPM = {"@uswds/uswds"}
"""Of what the style sheet and scripts are built with, what is in them afterwards."""


def python_packages(lock: str) -> list[tuple[str, str, list[str]]]:
    """Name, version and SHA-256 sums (hex) of each package of a hash-locked list."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", lock))
    found = []
    for block in blocks:
        head = re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", block.strip())
        if head:
            found.append((head[1], head[2], re.findall(r"--hash=sha256:([0-9a-f]{64})", block)))
    return found


def npm_packages(lock: str) -> list[tuple[str, str, str]]:
    """Name, version and SHA-512 sum (hex) of each package of ``package-lock.json``."""
    found = []
    for path, package in json.loads(lock)["packages"].items():
        if path:
            kind, _, sum_ = package["integrity"].partition("-")
            assert kind == "sha512", path
            name = path.rpartition("node_modules/")[2]
            found.append((name, package["version"], base64.b64decode(sum_).hex()))
    return sorted(found)


def bill(project: Path = PROJECT) -> dict[str, Any]:
    """The bill of materials as the object that is written."""
    about = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    parts = [
        _component("pypi", name, version, [("SHA-256", sum_) for sum_ in sums], is_shipped=True)
        for name, version, sums in python_packages(
            (project / "requirements.txt").read_text("utf-8")
        )
    ]
    for name, version, sum_ in npm_packages(
        (project / "static/package-lock.json").read_text("utf-8")
    ):
        shipped = name in SHIPPED_NPM
        parts.append(_component("npm", name, version, [("SHA-512", sum_)], is_shipped=shipped))
    main = {"type": "application", "name": about["name"], "version": about["version"]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**main, "licenses": [{"expression": about["license"]}]}},
        "components": parts,
    }


def _component(
    kind: str, name: str, version: str, sums: list[tuple[str, str]], *, is_shipped: bool
) -> dict[str, Any]:
    purl = f"pkg:{kind}/{name.replace('@', '%40')}@{version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "scope": "required" if is_shipped else "excluded",
        "hashes": [{"alg": algorithm, "content": sum_} for algorithm, sum_ in sums],
    }
    licence = _licence(name) if kind == "pypi" else None
    if licence:
        component["licenses"] = [{"license": {"name": licence}}]
    return component


def _licence(name: str) -> str | None:
    try:
        told = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    for field in ("License-Expression", "License"):
        words = " ".join(told.get_all(field) or []).strip()
        if words and "\n" not in words and "://" not in words and len(words) < 80:
            return str(words)
    named = [c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or [] if "License" in c]
    return " and ".join(named) or None


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=2)
    sys.stdout.write("\n")
