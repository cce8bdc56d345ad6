"""Every notice that ships: complete, registered, and silent about the case (PRV-3)."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, meta

from portal.context import Context, open_context
from portal.notices.registry import TEMPLATES, notice_of, notices
from portal.notices.rendering import Rendered, render
from portal.settings import Settings

for module in (
    "portal.accounts.mail",
    "portal.requests.mails",
    "portal.staff.mail",
    "portal.staff.tell_supervisors",
):
    importlib.import_module(module)

SHIPPED = sorted(path.name for path in (TEMPLATES / "notices").iterdir() if path.is_dir())
FILES = ("subject.txt", "body.txt", "body.html")
WORDS = {
    "link": "https://portal.example/confirm/x",
    "sign_in": "https://portal.example/sign-in",
    "forgotten": "https://portal.example/forgotten-password",
    "register": "https://portal.example/register",
    "not_me": "https://portal.example/not-me/x",
    "device": "Chrome, Android",
    "minutes": "60",
    "hours": "72",
    "number": "7K2M-QX4D",
    "phone": "(800) 555-0100",
    "count": "3",
}
"""What a mail may be made of. None of it is a fact of a case; the number is random."""
SHARED = {"agency", "base_url", "language", "direction", "subject", "ngettext"}
CASE_WORDS = re.compile(
    r"arrears|payment|\bpaid\b|\bowed?\b|balance|\border|custod|payor|obligor|guardian|withh|docket"
    r"|\bcourt|child|support|parent|review|\bmoved|(mailing|home) address|enforce|licen[cs]e|safety|violence|\$",
    re.IGNORECASE,
)


@pytest.fixture
def context(settings: Settings) -> Context:
    """Rendering touches no database, so none is made."""
    return open_context(settings)


def rendered(context: Context, name: str) -> Rendered:
    return render(context, notice_of(name), "en", WORDS)


def test_every_folder_is_registered_and_every_notice_has_its_folder() -> None:
    assert [notice.name for notice in notices() if notice.folder == TEMPLATES] == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_notice_is_made_of_nothing_but_links_and_random_numbers(name: str) -> None:
    """PRV-3: there is no word in a mail that could carry a case fact."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"])
    for file in FILES:
        source = Path(TEMPLATES / "notices" / name / file).read_text("utf-8")
        used = meta.find_undeclared_variables(environment.parse(source))
        assert used <= WORDS.keys() | SHARED, f"{name}/{file}"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_notice_does_not_speak_of_the_case(name: str, context: Context) -> None:
    """PRV-3: who reads over a shoulder learns that there is an account, not what is in it."""
    mail = rendered(context, name)
    said = mail.subject + "\n" + mail.text.partition("\n--\n")[0]
    assert not CASE_WORDS.search(said.replace(WORDS["link"], "")), said


@pytest.mark.parametrize("name", SHIPPED)
def test_a_notice_says_the_same_as_text_and_as_html(name: str, context: Context) -> None:
    mail = rendered(context, name)
    assert 5 < len(mail.subject) < 80
    assert "\n" not in mail.subject
    links = set(re.findall(r"https://\S+", mail.text))
    assert links == set(re.findall(r'href="([^"]+)"', mail.html))
    assert mail.html.count("<body>") == 1
    message = mail.text.partition("\n--\n")[0]
    plain = re.sub(r"<[^>]+>", " ", mail.html.partition("<hr>")[0])
    for word in re.findall(r"[A-Za-z]{4,}", message):
        assert word in plain, word
