"""Setting up the demo agency in an instance folder of its own, through the same load as any other."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from portal import migrate
from portal.context import Context, open_context
from portal.demo.people import Demo, Person, read_demo, write_demo
from portal.settings import PROJECT, load_settings

DEFAULT_FAMILIES = 300
DEFAULT_SEED = 1
EXTRACT_FOLDER = "extract"


def demo_instance(environ: dict[str, str]) -> Path:
    """The demo's instance folder: ``PORTAL_INSTANCE``, or ``instance/demo``."""
    return Path(environ.get("PORTAL_INSTANCE") or PROJECT / "instance" / "demo").resolve()


def open_demo(instance: Path, base_url: str) -> Context:
    """A context in demo mode; the folder gets settings and a key of its own at the first start."""
    instance.mkdir(parents=True, exist_ok=True)
    file = instance / "portal.toml"
    if not file.exists():
        key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        file.write_text(f'mode = "demo"\nsecret_keys = "d1:{key}"\n', "utf-8")
        file.chmod(0o600)
    os.environ.update(PORTAL_INSTANCE=str(instance), PORTAL_MODE="demo")
    os.environ.setdefault("PORTAL_BASE_URL", base_url)
    return open_context(load_settings(os.environ))


def clear(instance: Path) -> None:
    """Take away what an earlier demo left. :raises ValueError: when the folder is not a demo's."""
    file = instance / "portal.toml"
    if file.exists() and 'mode = "demo"' not in file.read_text("utf-8"):
        raise ValueError(f"{instance} holds something other than a demo; name another folder.")
    if file.exists():
        shutil.rmtree(instance)


def fill(
    context: Context, *, families: int, seed: int, as_of: date, say: Callable[[str], None]
) -> Demo:
    """Make the agency's extract, load it, and register the people one tap signs in.

    A demo that is there already, made with the same values, is kept with all that was done in it.
    """
    instance = context.settings.instance
    found = read_demo(instance)
    if found is not None and (found.families, found.seed, found.as_of) == (
        families,
        seed,
        as_of.isoformat(),
    ):
        return found
    migrate.upgrade(context.database)
    say(f"Making an agency of {families} families as of {as_of}")
    personas = _write_extract(context, families, seed, as_of)
    say("Loading its extract")
    _load(context)
    say("Registering some of its people")
    demo = Demo(families, seed, as_of.isoformat(), tuple(_register(context, personas)))
    write_demo(instance, demo)
    return demo
