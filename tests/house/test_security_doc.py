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
    *(f"REG-{n}" for n in range(1, 7)), "ENU-1", "ENU-2", *(f"PWD-{n}" for n in range(1, 6)),
    *(f"HNT-{n}" for n in range(1, 5)), *(f"LNK-{n}" for n in range(1, 7)),
    *(f"OTP-{n}" for n in range(1, 6)), *(f"PKY-{n}" for n in range(1, 4)), "RCV-1", "RCV-2",
    *(f"SES-{n}" for n in range(1, 7)), *(f"ACL-{n}" for n in range(1, 6)),
    "CSR-1", "CSR-2", "HDR-1", "CCH-1", *(f"UPL-{n}" for n in range(1, 5)),
    *(f"PRV-{n}" for n in range(1, 4)), *(f"FED-{n}" for n in range(1, 5)), "CON-1", "CON-2",
    *(f"INJ-{n}" for n in range(1, 6)), "KEY-1", "KEY-2", "KEY-3", "LOG-1",
    *(f"AUD-{n}" for n in range(1, 5)), "RAT-1", "SUP-1", "SUP-2",
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


@pytest.mark.parametrize("key", WANTED)
def test_a_proof_says_what_it_proves(key: str) -> None:
    """Whoever reads the test, or sees it fail, learns which promise is at stake."""
    for file, test in re.findall(r"`([\w/]+\.py)::(\w+)`", ROWS[key][3]):
        said = words_of(file, test)
        for first, last in re.findall(r"([A-Z]{3}-\d+) to ([A-Z]{3}-\d+)", said):
            said += "".join(f" {first[:4]}{n}" for n in range(int(first[4:]), int(last[4:]) + 1))
        assert key in said, f"{file}::{test} does not name {key}"


def words_of(file: str, test: str) -> str:
    """The docstrings of a test and of its module, and the ids in its name."""
    tree = ast.parse((PROJECT / "tests" / file).read_text("utf-8"))
    found = (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == test
    )
    said = [ast.get_docstring(tree) or "", *(ast.get_docstring(node) or "" for node in found)]
    return " ".join([*said, re.sub(r"([a-z]{3})_(\d)", r"\1-\2", test).upper()])


def test_files_named_elsewhere_exist() -> None:
    for path in re.findall(r"`((?:portal|tests|docs)/[\w/]+\.\w+)`", TEXT):
        assert (PROJECT / path).exists(), path
