"""Planted values are looked for wherever they must not be (KEY-2, LOG-1, PRV-1, UPL-4).

One tour: an extract is loaded, both parents register through the pages, each changes the address,
sends a review with a photo, leaves a draft and lets a session end over typed words; mail goes out.
All of it is logged at the lowest level. Then the disk, the log, the mails and the other parent's
pages are searched.
"""

from __future__ import annotations

import email
import email.policy
import io
import logging
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from portal import create_app
from portal.context import Context, open_context
from portal.feeds.load import load
from portal.notices.worker import run_once
from portal.settings import load_settings
from tests.requests.parents import ADDRESS, REVIEW, send_address, send_review, type_address, upload
from tests.support.accounts import keep_codes, newest_link
from tests.support.authenticator import code_at
from tests.support.clock import Clock
from tests.support.extract_builder import ExtractBuilder
from tests.support.fresh import make_tables
from tests.support.keys import TEST_KEY
from tests.support.page import Page, Seen
from tests.support.page_rules import attributes
from tests.support.tokens import without_tokens

MAIL_MAY_HOLD = ("email",)


@dataclass
class Parent:
    """A parent whose every value is a word of its own."""

    key: str
    ssn: str
    pin: str
    born: str
    number: int
    role: str
    learnt: dict[str, str] = field(default_factory=dict)
    picture: bytes = b""

    def canaries(self) -> dict[str, tuple[str, ...]]:
        """By what it is: the spellings in which it must not be found."""
        year, month, day = self.born.split("-")
        us = f"{self.ssn[:3]}-{self.ssn[3:5]}-{self.ssn[5:]}"
        phone = f"617555{self.number:04d}"
        spelled = f"({phone[:3]}) {phone[3:6]}-{phone[6:]}"
        return {
            "ssn": (self.ssn, us),
            "birth date": (self.born, f"{month}/{day}/{year}"),
            "pin": (self.pin,),
            "address on record": (f"{self.key}recordlane",),
            "new address": (f"{self.key}newlane",),
            "draft address": (f"{self.key}draftlane",),
            "phone": (phone, spelled),
            "home phone": (f"978555{self.number:04d}",),
            "email": (f"{self.key}canary@example.org",),
            "email on record": (f"{self.key}onrecord@example.org",),
            "employer": (f"{self.key}employerworks",),
            "answer": (f"{self.key}hintanswer",),
            "password": (f"{self.key} quiet otters 7391",),
            "wrong password": (f"{self.key} typed wrongly 55",),
            "words": (f"{self.key}reviewwords",),
            "draft": (f"{self.key}draftwords",),
            "typed late": (f"{self.key}latewords",),
            "photo": (f"{self.key}photoartist",),
            "photo name": (f"{self.key}photoname",),
            **{name: (value,) for name, value in self.learnt.items()},
        }

    @property
    def mail(self) -> str:
        return f"{self.key}canary@example.org"


@dataclass
class Tour:
    """What came of it."""

    context: Context
    log: str
    parents: dict[str, Parent]
    pages: dict[str, list[Seen]]

    def files(self) -> dict[str, bytes]:
        """Every file of the installation but the mails."""
        instance = self.context.settings.instance
        return {
            str(path.relative_to(instance)): path.read_bytes()
            for path in instance.rglob("*")
            if path.is_file() and path.suffix != ".eml"
        }

    def mails(self) -> list[email.message.EmailMessage]:
        folder = Path(self.context.settings.mail_url.removeprefix("folder:"))
        return [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in sorted(folder.glob("*.eml"))
        ]


def hits(parent: Parent, text: str | bytes, apart: tuple[str, ...] = ()) -> list[str]:
    """What of a parent stands in a text, in any letter case."""
    found = text.lower() if isinstance(text, bytes) else text.lower().encode()
    return [
        what
        for what, spellings in parent.canaries().items()
        if what not in apart and any(it.lower().encode() in found for it in spellings)
    ]


def photo(parent: Parent) -> bytes:
    """A picture that says where and by whom it was taken."""
    exif = Image.Exif()
    exif[0x013B] = parent.canaries()["photo"][0]
    exif.get_ifd(0x8825).update({1: "N", 2: (42.0, 21.0, 30.0), 3: "W", 4: (71.0, 3.0, 37.0)})
    target = io.BytesIO()
    Image.effect_noise((64, 48), 60).convert("RGB").save(target, "JPEG", exif=exif.tobytes())
    assert parent.canaries()["photo"][0].encode() in target.getvalue()
    return target.getvalue()


def extract(parents: dict[str, Parent], folder: Path) -> Path:
    builder = ExtractBuilder()
    for name, parent in parents.items():
        builder.participant(
            name, first_name=f"First{name}", last_name=f"Last{name}", ssn=parent.ssn,
            pin=parent.pin, birth_date=parent.born, family_violence=name == "A",
            mail_line1=f"9 {parent.key}recordlane", email=f"{parent.key}onrecord@example.org",
            cell_phone=f"+1617555{parent.number:04d}", home_phone=f"+1978555{parent.number:04d}",
            employer_name=f"{parent.key}employerworks", employer_address="1 Dock Rd",
        )  # fmt: skip
    builder.case("C1")
    for name, parent in parents.items():
        builder.member("C1", name, parent.role)
    order = builder.order("C1", "100.00")
    builder.charge("C1", "2026-11-13", "100.00", order_id=order)
    paid = builder.payment("P", "2026-11-18", "60.00", {("C1", "current_support"): "60.00"})
    builder.disbursement(paid, "C1", "2026-11-19", "60.00", payee_id="A")
    builder.notice("C1", "P", "delinquency", "2026-11-10", respond_by="2026-12-10",
                   amount="40.00", subject="Notice of Child Support Delinquency")  # fmt: skip
    builder.settle()
    return builder.write(folder)


def register(page: Page, parent: Parent, context: Context, clock: Clock) -> None:
    """Through the pages, with a wrong try of each kind on the way."""
    year, month, day = parent.born.split("-")
    who: dict[str, Any] = {"ssn": parent.ssn, "birth_date": f"{month}/{day}/{year}"}
    page.get("/register")
    page.submit("/register", **who, pin="000000000000")
    page.get("/register")
    page.submit("/register", **who, pin=parent.pin)
    page.submit(email=parent.mail, phone=parent.canaries()["phone"][1])
    page.submit(password=parent.canaries()["password"][0])
    page.submit(question="first_job", answer=parent.canaries()["answer"][0])
    page.get(newest_link(context, "confirm_registration"))
    page.submit("/register/confirmation", password=parent.canaries()["wrong password"][0])
    page.submit("/register/confirmation", password=parent.canaries()["password"][0])
    seen = page.submit("/picture")
    secret = seen.document.query(".secret code")[0].to_text().replace(" ", "")
    parent.learnt["seed"] = secret
    seen = page.submit("/sign-in/authenticator", code=code_at(secret, clock().timestamp()))
    codes = [node.to_text().strip() for node in seen.document.query(".codes li")]
    parent.learnt |= {f"recovery code {n}": code for n, code in enumerate(codes)}
    keep_codes(page)
    assert page.get("/account").h1 == "Account"


def sign_in(page: Page, parent: Parent, clock: Clock) -> None:
    clock.forward(seconds=60)
    page.get("/sign-in")
    page.submit("/sign-in", email=parent.mail, password=parent.canaries()["wrong password"][0])
    page.submit("/sign-in", email=parent.mail, password=parent.canaries()["password"][0])
    page.submit("/sign-in/code", code=code_at(parent.learnt["seed"], clock().timestamp()))


def live_with_it(page: Page, parent: Parent, clock: Clock) -> None:
    """An address, a review with a photo, a draft, and a session that ends over typed words."""
    words = {what: spellings[0] for what, spellings in parent.canaries().items()}
    send_address(page, line1=f"5 {words['new address']}")
    begin(page, words["words"])
    upload(page, parent.picture, f"{words['photo name']}.jpg")
    send_review(page)
    type_address(page, line1=f"6 {words['draft address']}")
    begin(page, words["draft"])
    upload(page, parent.picture, f"{words['photo name']}.jpg")
    clock.forward(minutes=16)
    page.post(f"{REVIEW}/grounds", {"grounds": "other", "words": words["typed late"]})
    sign_in(page, parent, clock)
    assert words["typed late"] in page.get(f"{REVIEW}/grounds").text
    assert words["draft address"] in page.get(f"{ADDRESS}/address").text


def begin(page: Page, words: str) -> None:
    seen = page.get(f"{REVIEW}/new")
    page.submit("/new", about=str(attributes(seen.document.query("input[name=about]")[0])["value"]))
    page.submit("/grounds", grounds=["other"], words=words)


def every_page(page: Page) -> list[Seen]:
    """Every page and file that links lead to, from the first page, the requests and the account."""
    found: dict[str, Seen] = {}
    waiting = ["/", "/cases", "/requests", "/requests/new", "/account", "/account/safety"]
    while waiting:
        address = waiting.pop().partition("#")[0]
        if address in found or not address.startswith("/") or address.startswith("/static"):
            continue
        seen = found[address] = page.get(address)
        if seen.is_html:
            waiting.extend(seen.links().values())
    assert len(found) > 15
    return list(found.values())


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """The tour, taken once; its log is all that was written while it went on."""
    folder, clock = tmp_path_factory.mktemp("tour"), Clock()
    settings = load_settings(
        {"PORTAL_MODE": "test", "PORTAL_SECRET_KEYS": TEST_KEY},
        instance=folder / "instance", argon2_memory_kib=64, argon2_time=1,
    )  # fmt: skip
    context = open_context(settings, clock)
    make_tables(context.database)
    parents = {
        "P": Parent("quokka", "666314159", "271828182845", "1984-02-29", 101, "noncustodial"),
        "A": Parent("wombat", "666271828", "314159265358", "1987-12-31", 102, "custodial"),
    }
    for parent in parents.values():
        parent.picture = photo(parent)
    written = io.StringIO()
    with redirect_stderr(written), redirect_stdout(written):
        app = create_app(context=context)
        levels = quiet_nothing()
        load(context, extract(parents, folder / "extract"))
        pages = {}
        for name, parent in parents.items():
            page = Page(app)
            register(page, parent, context, clock)
            live_with_it(page, parent, clock)
            pages[name] = page
        while run_once(context, context.now()):
            pass
        for parent in parents.values():
            page = Page(app)
            page.get("/forgotten-password")
            page.submit("/forgotten-password", email=parent.mail)
        while run_once(context, context.now()):
            pass
        for name, parent in parents.items():
            sign_in(pages[name], parent, clock)
        seen = {name: every_page(page) for name, page in pages.items()}
    yield Tour(context, written.getvalue(), parents, seen)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    context.database.engine.dispose()


def quiet_nothing() -> dict[str, int]:
    """Every logger at its lowest level; returns what they were set to."""
    names = ["", *logging.root.manager.loggerDict]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    return levels


@pytest.mark.parametrize("who", ["P", "A"])
def test_nothing_lies_in_plain_on_the_disk(tour: Tour, who: str) -> None:
    """KEY-2, HNT-3: neither in the database, its log, the record, the evidence nor a load's
    findings."""
    files = tour.files()
    kinds = {name.partition("/")[0].partition("_")[0] for name in files}
    assert {"portal.db", "portal.db-wal", "record", "evidence"} <= kinds
    found = {name: hits(tour.parents[who], data) for name, data in files.items()}
    assert {name: what for name, what in found.items() if what} == {}
    evidence = [data for name, data in files.items() if name.startswith("evidence")]
    assert not any(b"Exif\0\0" in data or b"JFIF\0" in data for data in evidence)


@pytest.mark.parametrize("who", ["P", "A"])
def test_nothing_stands_in_the_log(tour: Tour, who: str) -> None:
    """LOG-1, LNK-4: at the lowest level of every library, with refusals on the way."""
    assert tour.log.count("\n") > 100
    assert "accounts.register" in tour.log
    assert hits(tour.parents[who], tour.log) == []
    for mail in tour.mails():
        body = mail.get_body(("plain",))
        for token in re.findall(r"token=(\S+)", body.get_content() if body else ""):
            assert token not in tour.log
            assert not any(token.encode() in data for data in tour.files().values())


def test_a_mail_holds_its_readers_address_and_nothing_else(tour: Tour) -> None:
    """PRV-1, PRV-3: no fact of the case, no name, nothing that was typed."""
    mails = tour.mails()
    assert {str(mail["To"]) for mail in mails} == {it.mail for it in tour.parents.values()}
    for mail in mails:
        whole = "\n".join(
            str(part.get_content()) for part in mail.walk() if not part.is_multipart()
        )
        text = f"{mail['Subject']}\n{whole}"
        for parent in tour.parents.values():
            own = MAIL_MAY_HOLD if mail["To"] == parent.mail else ()
            assert hits(parent, f"{mail.as_string()}\n{text}", own) == []
        assert not re.search(
            r"\bC1\b|First[AP]|Last[AP]|support|payment|\$|violence", without_tokens(text)
        )


@pytest.mark.parametrize(("viewer", "other"), [("P", "A"), ("A", "P")])
def test_the_other_parents_pages_and_files_are_free_of_it(
    tour: Tour, viewer: str, other: str
) -> None:
    """PRV-1, PRV-2: nor is there a word of the other's requests or of the mark."""
    for seen in tour.pages[viewer]:
        text = f"{seen.headers}\n{seen.text}"
        assert hits(tour.parents[other], text) == [], seen.path
        assert f"First{other}" not in text, seen.path
        assert f"Last{other}" not in text, seen.path


def test_the_sweep_can_find_something(tour: Tour) -> None:
    """One's own pages do hold one's own values, and the extract holds what was planted."""
    own = {what for seen in tour.pages["P"] for what in hits(tour.parents["P"], seen.text)}
    assert {"email", "phone", "new address", "words", "photo name"} <= own
    folder = tour.context.settings.instance.parent / "extract"
    planted = {
        what for file in folder.iterdir() for what in hits(tour.parents["A"], file.read_bytes())
    }
    assert {"ssn", "birth date", "pin", "address on record", "employer"} <= planted


def test_what_never_returns_to_a_browser(tour: Tour) -> None:
    """OTP-4, HNT-3, REG-1: not even the owner's pages show these again."""
    never = {"ssn", "pin", "birth date", "answer", "password", "wrong password", "photo", "seed"}
    for name, seen in ((name, seen) for name, pages in tour.pages.items() for seen in pages):
        assert never.isdisjoint(hits(tour.parents[name], seen.text)), seen.path
