"""`make` and `.ci/run` on a machine that has little: one plain line says what is missing."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from portal.settings import PROJECT
from tests.support.require import require

MAKEFILE = (PROJECT / "Makefile").read_text("utf-8")
TARGETS = ("demo", "test", "check", "lock", "bench", "assets", "sbom", "audit", "clean")


def run(
    *command: str, path: Path | None = None, cwd: Path = PROJECT
) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": str(path) if path else os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run(
        command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("target", TARGETS)
def test_make_has_the_target_and_help_tells_of_it(target: str) -> None:
    require(shutil.which("make"), "make")
    assert run("make", "-n", target).returncode == 0
    assert f"make {target} " in run("make").stdout


def test_check_runs_everything_and_then_the_same_test() -> None:
    check = MAKEFILE.split("\ncheck:")[1].split("\n\n")[0]
    for word in ("ruff format --check", "ruff check", "mypy", "lint-imports"):
        assert word in check
    assert check.rstrip().endswith("$(MAKE) --no-print-directory test")


def test_packages_are_installed_by_hash_and_the_project_without_a_download() -> None:
    """SUP-1: nothing is installed whose hash is not in the list."""
    installs = re.findall(r"\$\(PIP\) install ([^|;]+)", MAKEFILE)
    assert len(installs) == 2
    assert "--require-hashes -r requirements-dev.txt" in installs[0]
    assert "--no-deps --no-build-isolation" in installs[1]
    assert not re.search(r"pip install(?! --)", MAKEFILE)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_a_version_and_a_hash_and_no_address(name: str) -> None:
    """SUP-1: and no file names where packages come from."""
    lock = (PROJECT / name).read_text("utf-8")
    assert "://" not in lock
    assert not re.search(r"(?m)^-", lock), "an option of pip: only packages and hashes belong here"
    packages = re.split(r"\n(?=[a-z0-9])", "\n" + re.sub(r"(?m)^#.*\n", "", lock))[1:]
    assert len(packages) > 40
    for package in packages:
        assert re.match(r"[a-z0-9._-]+==\S+ ", package), package
        assert "--hash=sha256:" in package, package


def test_what_ships_is_locked_the_same_for_developers() -> None:
    def versions(name: str) -> set[str]:
        return set(
            re.findall(r"^[a-z0-9._-]+==\S+", (PROJECT / name).read_text("utf-8"), re.MULTILINE)
        )

    assert versions("requirements.txt") <= versions("requirements-dev.txt")


def test_ci_runs_the_check_with_nothing_skipped() -> None:
    script = PROJECT / ".ci/run"
    assert script.stat().st_mode & stat.S_IXUSR
    text = script.read_text("utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    assert "export PORTAL_TEST_REQUIRE=1" in text
    assert text.rstrip().endswith("make check")
    assert run("bash", "-n", str(script)).returncode == 0


def fake(folder: Path, **programs: str) -> Path:
    """A folder for PATH with these programs only, each a shell script."""
    folder.mkdir(exist_ok=True)
    for name, script in programs.items():
        program = folder / name.replace("_", ".")
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    return folder


OLD = "exit 1"
GOOD = "exit 0"
NO_VENV = 'case "$2" in *ensurepip*) exit 1;; esac; exit 0'


@pytest.mark.parametrize(
    ("programs", "chosen", "said"),
    [
        ({"python3": GOOD}, "python3", ""),
        ({"python3": OLD, "python3_12": GOOD}, "python3.12", ""),
        ({"python3": NO_VENV, "python3_13": GOOD}, "python3.13", ""),
        ({"python3": OLD}, None, "Python 3.11 or newer is needed."),
        ({}, None, "Python 3.11 or newer is needed."),
        ({"python3": NO_VENV}, None, "sudo apt-get install python3-venv"),
    ],
)
def test_a_python_that_will_do_is_found_or_one_line_says_what_to_install(
    programs: dict[str, str], chosen: str | None, said: str, tmp_path: Path
) -> None:
    path = fake(tmp_path / "bin", **programs)
    found = run("/bin/sh", str(PROJECT / ".ci/find-python"), path=path)
    if chosen:
        assert (found.returncode, found.stdout.strip()) == (0, str(path / chosen))
    else:
        assert (found.returncode, found.stdout) == (1, "")
        assert said in found.stderr
        assert len(found.stderr.splitlines()) == 1


def test_a_second_run_installs_nothing_and_a_changed_list_does(tmp_path: Path) -> None:
    """The stamp holds the lists and the place: instant when nothing changed."""
    require(shutil.which("make"), "make")
    for name in ("Makefile", "requirements-dev.txt", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    shutil.copytree(PROJECT / ".ci", tmp_path / ".ci")
    made = 'mkdir -p .venv/bin; printf "#!/bin/sh\\necho PIP \\"\\$@\\"\\n" > .venv/bin/python; chmod +x .venv/bin/python'
    python = f'case "$1" in --version) echo Python 3.11.9;; -m) {made};; esac; exit 0'
    path = fake(tmp_path / "bin", python3=python)
    for name in ("sh", "cat", "cksum", "mkdir", "chmod", "printf", "make"):
        (path / name).symlink_to(shutil.which(name) or f"/bin/{name}")

    def install() -> str:
        done = run("make", "install", path=path, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    first = install()
    assert "Making .venv with Python 3.11.9" in first
    assert "--require-hashes" in first
    assert install() == ""
    (tmp_path / "requirements-dev.txt").open("a").write("# changed\n")
    assert "--require-hashes" in install()
    assert install() == ""
