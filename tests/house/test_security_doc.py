"""`docs/security.md` names tests that exist, modules that exist, and every id of this release."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "docs" / "security.md").read_text("utf-8")
WANTED = [
    *(f"REG-{n}" for n in range(1, 6)), "ENU-1", "ENU-2", *(f"PWD-{n}" for n in range(1, 6)),
    *(f"HNT-{n}" for n in range(1, 5)), *(f"LNK-{n}" for n in range(1, 7)),
    *(f"OTP-{n}" for n in range(1, 6)), *(f"PKY-{n}" for n in range(1, 4)), "RCV-1", "RCV-2",
    *(f"SES-{n}" for n in range(1, 7)), *(f"ACL-{n}" for n in range(1, 6)),
    "CSR-1", "CSR-2", "HDR-1", "CCH-1", *(f"UPL-{n}" for n in range(1, 5)),
    *(f"PRV-{n}" for n in range(1, 4)), *(f"FED-{n}" for n in range(1, 5)), "CON-1", "CON-2",
    *(f"INJ-{n}" for n in range(1, 6)), "KEY-1", "KEY-2", "KEY-3", "LOG-1",
    *(f"AUD-{n}" for n in range(1, 5)), "SUP-2",
]  # fmt: skip
ROWS = {
    cells[0]: cells
    for line in TEXT.splitlines()
    if re.match(r"\| [A-Z]{3}-\d", line)
    for cells in [[cell.strip() for cell in line.strip("|").split("|")]]
}


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((PROJECT / "tests" / file).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_id_has_its_row() -> None:
    assert list(ROWS) == WANTED


@pytest.mark.parametrize("key", WANTED)
def test_a_row_names_tests_and_modules_that_exist(key: str) -> None:
    _key, promise, where, proof = ROWS[key]
    assert len(promise) > 30
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", proof)
    assert named, "a promise without a test"
    assert len(named) == proof.count("::")
    for file, test in named:
        assert test.startswith("test_")
        assert test in names_in(file), f"{file}::{test}"
    for module in re.findall(r"`([\w/]+(?:\.py|/))`", where):
        path = PROJECT / module if module.startswith("portal/") else PROJECT / "portal" / module
        assert path.exists(), module


def test_files_named_elsewhere_exist() -> None:
    for path in re.findall(r"`((?:portal|tests|docs)/[\w/]+\.\w+)`", TEXT):
        assert (PROJECT / path).exists(), path
