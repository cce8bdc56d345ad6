"""Styles and scripts: built from locked parts, small, whole, and never half replaced."""

from __future__ import annotations

import gzip
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from portal.settings import PROJECT

STATIC = PROJECT / "static"
BUILT = STATIC / "built"
NAMES = ("portal.css", "portal.js", "icon.svg", "public-sans.woff2", "public-sans-bold.woff2")


@pytest.fixture(scope="module")
def build() -> ModuleType:
    """The build, done once if it was not done yet."""
    spec = importlib.util.spec_from_file_location("static_build", STATIC / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build()
    return module


@pytest.fixture
def copy(build: ModuleType, tmp_path: Path) -> Path:
    """A copy of ``static`` that has not been built, with the packages installed."""
    place = tmp_path / "static"
    shutil.copytree(STATIC, place, ignore=shutil.ignore_patterns("built", "node_modules", ".b*"))
    (place / "node_modules").symlink_to(STATIC / "node_modules")
    return place


def run(place: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(place / "build.py"), *arguments],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )


def gzipped(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_what_a_phone_loads_is_small(build: ModuleType) -> None:
    assert gzipped(BUILT / "portal.css") < 25_000
    assert gzipped(BUILT / "portal.js") < 3_000
    assert sum(path.stat().st_size for path in BUILT.glob("*.woff2")) < 30_000


def test_the_style_sheet_loads_only_what_was_built(build: ModuleType) -> None:
    """HDR-1: nothing from elsewhere, no data: addresses, no file missing."""
    sheet = (BUILT / "portal.css").read_text("utf-8")
    addresses = set(re.findall(r'url\("?([^)"]+)"?\)', sheet))
    assert addresses
    for address in addresses:
        assert not re.match(r"[a-z]+:|//", address), address
        assert (BUILT / address).is_file(), address


def test_scripts_need_no_loosened_policy(build: ModuleType) -> None:
    """HDR-1: no eval, no markup or style made from words."""
    for script in BUILT.glob("*.js"):
        text = script.read_text("utf-8")
        for word in ("eval(", "new Function", "innerHTML", "document.write", ".style."):
            assert word not in text, f"{word} in {script.name}"


def test_a_second_build_has_nothing_to_do(build: ModuleType) -> None:
    assert build.is_current()
    assert build.build() is False


def test_a_changed_source_is_built_anew(build: ModuleType, copy: Path) -> None:
    (copy / "built").mkdir()
    (copy / "built" / ".stamp").write_text(build.sources_hash(copy))
    assert build.is_current(copy)
    (copy / "src" / "parts" / "print.js").write_text("// changed\n")
    assert not build.is_current(copy)


def test_two_builds_at_once_end_whole(copy: Path) -> None:
    both = [run(copy), run(copy)]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sorted(said) == ["", "static: built\n"]
    for name in NAMES:
        assert (copy / "built" / name).stat().st_size, name
    assert not list(copy.glob(".built-*"))


def test_a_broken_source_leaves_the_old_build_and_says_why(copy: Path) -> None:
    (copy / "built").mkdir()
    (copy / "built" / "portal.css").write_text("old")
    (copy / "src" / "portal.scss").write_text("a { color: }")
    process = run(copy)
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 1
    assert said.count("\n") == 1
    assert "portal.scss failed" in said
    assert (copy / "built" / "portal.css").read_text() == "old"


def test_without_node_and_without_an_environment_it_says_so_in_one_line(copy: Path) -> None:
    base = Path(sys.base_prefix) / "bin" / "python3"
    process = subprocess.run(
        [str(base), str(copy / "build.py")],
        env={"PATH": str(copy), "HOME": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert process.stderr.count("\n") == 1
    assert "Node 18 or later is needed" in process.stderr


def test_locks_name_no_host_to_load_from() -> None:
    for name in ("package-lock.json", "package.json", ".npmrc", "requirements-node.txt"):
        text = (STATIC / name).read_text("utf-8")
        assert '"resolved"' not in text
        assert "regist" + "ry." not in text
        assert "index-url" not in text
        assert "find-links" not in text


def test_every_macro_is_listed_at_the_head_of_its_file() -> None:
    for path in sorted((PROJECT / "templates" / "macros").glob("*.html")):
        text = path.read_text("utf-8")
        head = text[: text.index("-#}")]
        for name in re.findall(r"{%-? macro ([a-z]\w*)\(", text):
            assert re.search(rf"\b{name}\(", head), f"{name} of {path.name} is not described"
