"""Families loaded through the feed, and parents signed in, for the tests of the case pages."""

from __future__ import annotations

from pathlib import Path

from portal import create_app
from portal.context import Context, open_context
from portal.feeds.load import load
from portal.settings import load_settings
from tests.support.accounts import make_account, sign_in
from tests.support.clock import Clock
from tests.support.extract import ExtractBuilder
from tests.support.fresh import make_tables
from tests.support.keys import TEST_KEY
from tests.support.letters import words_of
from tests.support.page import Page, Seen
from tests.support.tokens import without_tokens

BY_CHANCE = {"Date", "Content-Length"}


class Family:
    """Opens pages as one of the persons of an extract."""

    def __init__(self, context: Context, folder: Path, *, lint: bool = True) -> None:
        self.context = context
        self._app = create_app(context=context)
        self._folder = folder
        self._lint = lint
        self._pages: dict[str, Page] = {}
        self._walks: dict[str, dict[str, Seen]] = {}

    def load(self, builder: ExtractBuilder, sequence: int = 1) -> None:
        """Load the extract as the command does."""
        folder = builder.write(self._folder / f"extract-{sequence}", sequence=sequence)
        load(self.context, folder, max_rejects=1000)

    def page(self, participant_id: str) -> Page:
        """A browser with that person signed in."""
        if participant_id not in self._pages:
            email = f"{participant_id.lower()}@example.org"
            account = make_account(self.context, participant_id=participant_id, email=email)
            page = self._pages[participant_id] = Page(self._app, lint=self._lint)
            sign_in(page, account)
        return self._pages[participant_id]

    def open(self, participant_id: str, tail: str = "", case: int = 0) -> Seen:
        """A page of the person's case; ``case`` counts in the switch."""
        page = self.page(participant_id)
        seen = page.get("/cases")
        if case:
            links = [href for name, href in seen.links().items() if name.startswith("Case C")]
            seen = page.get(links[case])
        return page.get(seen.path + tail) if tail else seen

    def walk(self, participant_id: str) -> dict[str, Seen]:
        """Every page and file of a person that links lead to, by address; walked once."""
        if participant_id not in self._walks:
            self._walks[participant_id] = every_page(self.page(participant_id))
        return self._walks[participant_id]

    def text(self, participant_id: str) -> str:
        """All pages and files of a person, with their headers, as one text.

        Without what differs each time, in which a short number or word can stand by chance.
        """
        told: list[str] = []
        for seen in self.walk(participant_id).values():
            told += [f"{name}: {value}" for name, value in seen.headers if name not in BY_CHANCE]
            told.append(said(seen))
        return without_tokens("\n".join(told))


def said(seen: Seen) -> str:
    """A page or a file as text; of a PDF what a reader reads, not the numbers of its objects."""
    is_pdf = seen.body.startswith(b"%PDF-")
    return words_of(seen.body) if is_pdf else seen.source


def new_family(folder: Path, *, lint: bool = True) -> Family:
    """An installation of its own in ``folder``, with nothing loaded yet."""
    settings = load_settings(
        {"PORTAL_MODE": "test", "PORTAL_SECRET_KEYS": TEST_KEY},
        instance=folder / "instance",
        argon2_memory_kib=64,
        argon2_time=1,
        address_limits=False,
    )
    context = open_context(settings, Clock())
    make_tables(context.database)
    return Family(context, folder, lint=lint)


def every_page(page: Page) -> dict[str, Seen]:
    """Every page and file under /cases that can be reached by links, by address."""
    found: dict[str, Seen] = {}
    waiting = [page.get("/cases").path]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        seen = found[address] = page.get(address)
        assert seen.status == 200, address
        if seen.is_html:
            links = (link.partition("#")[0] for link in seen.links().values())
            waiting.extend(link for link in links if link.startswith("/cases"))
    return found
