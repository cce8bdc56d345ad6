"""Setting up the demo agency in an instance folder of its own, by the load all agencies use."""

from __future__ import annotations

import base64
import dataclasses
import os
import secrets
import shutil
from collections.abc import Callable, MutableMapping
from datetime import date, timedelta
from pathlib import Path

from portal import migrate
from portal.accounts.provision import Wishes, provision_account
from portal.context import Context, open_context
from portal.demo.extract import write_extract
from portal.demo.extract_people import Persona
from portal.demo.own_records import make_own_records
from portal.demo.people import Demo, Person, read_demo, write_demo
from portal.demo.requests import OLDEST_DAYS, make_requests
from portal.demo.staff import make_staff
from portal.feeds.load import load
from portal.rules.vocabulary import Role
from portal.settings import PROJECT, Settings, load_settings

EXTRACT_FOLDER = "extract"
SETTINGS_FILE = "portal.toml"
ROLE_WORDS = {
    Role.NONCUSTODIAL: "payor",
    Role.CUSTODIAL: "custodial parent",
    Role.GUARDIAN: "guardian",
    Role.CHILD: "child",
}


def demo_instance(environ: MutableMapping[str, str]) -> Path:
    """The demo's instance folder: ``PORTAL_INSTANCE``, or ``instance/demo``."""
    return Path(environ.get("PORTAL_INSTANCE") or PROJECT / "instance" / "demo").resolve()


def demo_settings(instance: Path, base_url: str) -> Settings:
    """Settings of demo mode; the folder gets its own, with a key, at the first start."""
    instance.mkdir(parents=True, exist_ok=True)
    file = instance / SETTINGS_FILE
    if not file.exists():
        key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        file.write_text(f'mode = "demo"\nsecret_keys = "d1:{key}"\n', "utf-8")
        file.chmod(0o600)
    os.environ.update(PORTAL_INSTANCE=str(instance), PORTAL_MODE="demo")
    os.environ.setdefault("PORTAL_BASE_URL", base_url)
    return load_settings(os.environ)


def clear(instance: Path) -> None:
    """Take away what an earlier demo left. :raises ValueError: when the folder is not a demo's."""
    if _is_demo(instance):
        shutil.rmtree(instance)
    elif (instance / SETTINGS_FILE).exists():
        raise ValueError(f"{instance} holds something other than a demo; name another folder.")


def start_over_if_other_version(instance: Path, base_url: str, say: Callable[[str], None]) -> bool:
    """Clear a demo whose tables another version of the portal made; answers whether it was one.

    What is not marked as a demo by its own settings is never touched.
    """
    if not _is_demo(instance) or read_demo(instance) is None:
        return False
    database = open_context(demo_settings(instance, base_url)).database
    with database.engine.connect() as connection:
        is_current = migrate.is_current(connection)
    database.engine.dispose()
    if not is_current:
        say("The demo here is of another version of the portal. Starting over")
        clear(instance)
    return not is_current


def _is_demo(instance: Path) -> bool:
    file = instance / SETTINGS_FILE
    return file.exists() and 'mode = "demo"' in file.read_text("utf-8")


def fill(
    context: Context, *, families: int, seed: int, as_of: date, say: Callable[[str], None]
) -> Demo:
    """Make the agency's extract, load it, register the people one tap signs in, and send requests.

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
    folder = instance / EXTRACT_FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    personas = write_extract(
        folder,
        families=families,
        seed=seed,
        as_of=as_of,
        sequence=1,
        agency=context.agency,
        planted=True,
        reasons=True,
    )
    say("Loading its extract")
    load(context, folder)
    say("Registering some of its people")
    staff = make_staff(context, context.now() - timedelta(days=OLDEST_DAYS))
    people = tuple(_person(context, persona) for persona in personas) + staff
    say("Sending in some requests")
    make_requests(context, people)
    keep = make_own_records(context, people)
    people = tuple(_noted(person) if person.key in keep else person for person in people)
    demo = Demo(families, seed, as_of.isoformat(), people)
    write_demo(instance, demo)
    return demo


def _person(context: Context, persona: Persona) -> Person:
    """The persona as the demo's pages show it, with an account where it is to have one."""
    person = Person(
        key=persona.key,
        name=persona.name,
        role=", ".join(ROLE_WORDS[Role(role)] for role in persona.roles) or "no case",
        why=persona.why,
        ssn=f"{persona.ssn[:3]}-{persona.ssn[3:5]}-{persona.ssn[5:]}",
        pin=persona.pin,
        birth_date=f"{persona.birth_date:%m/%d/%Y}",
        participant_id=persona.participant_id,
    )
    return _with_account(context, person) if persona.registered else person


def _noted(person: Person) -> Person:
    """Say that there is a log to look at."""
    why = f"{person.why.rstrip('.')}. Keeps own records, which differ from the agency's"
    return dataclasses.replace(person, why=why)


def _with_account(context: Context, person: Person) -> Person:
    email, password = f"{person.key}@example.com", f"Demo {person.key} 2026"
    with context.database.transaction() as session:
        made = provision_account(
            session,
            context,
            participant_id=person.participant_id,
            email=email,
            password=password,
            now=context.now(),
            wishes=Wishes(spent_pin=person.pin),
        )
    secret = made.totp_secret or ""
    return dataclasses.replace(person, email=email, password=password, totp_secret=secret)
