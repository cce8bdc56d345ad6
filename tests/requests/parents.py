"""Parents of the two ready households, with accounts, and what they send."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from portal.context import Context
from portal.feeds.give_positions import PLACE, give_positions
from portal.feeds.load import load
from portal.feeds.models import ExportedLine
from tests.support.accounts import TestAccount, make_account, sign_in
from tests.support.families import TwoHouseholds, two_households
from tests.support.fresh import begin_with
from tests.support.page import Page, Seen

REVIEW = "/requests/administrative-review"
ADDRESS = "/requests/change-of-address"
STREET = "12 Elm Street"


@dataclass
class Parents:
    """Payor `P`, custodial parents `A` (marked) and `B`, their record loaded."""

    family: TwoHouseholds
    payor: TestAccount
    marked: TestAccount
    other: TestAccount


def load_parents(context: Context, folder: Path) -> Parents:
    """Their record loaded and their accounts made; in a new installation, copied from the last."""
    return begin_with("two households", context, lambda: _load(context, folder))


def _load(context: Context, folder: Path) -> Parents:
    family = two_households()
    load(context, family.builder.write(folder / "extract"))
    return Parents(
        family,
        make_account(context, participant_id="P", email="jordan@example.org"),
        make_account(context, participant_id="A", email="ana@example.org"),
        make_account(context, participant_id="B", email="bea@example.org"),
    )


def photo(width: int = 320, height: int = 240, kind: str = "JPEG", **save: Any) -> bytes:
    target = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(target, kind, **save)
    return target.getvalue()


def upload(page: Page, data: bytes, name: str = "stub.jpg") -> Seen:
    page.get(f"{REVIEW}/evidence")
    return page.post(f"{REVIEW}/evidence", {"file": (io.BytesIO(data), name)})


def begin_review(page: Page, about: int = 0, grounds: tuple[str, ...] = ("amount_wrong",)) -> Seen:
    """From the choice numbered `about` to the page of payments."""
    seen = page.get(f"{REVIEW}/new")
    choices = [str(dict(node.attrs)["value"]) for node in seen.document.query("input[name=about]")]
    page.submit("/new", about=choices[about])
    return page.submit("/grounds", grounds=list(grounds), words="It does not add up.")


def to_check(page: Page) -> Seen:
    return page.get(f"{REVIEW}/check")


def send_review(page: Page) -> str:
    """Send what was begun; the number."""
    to_check(page)
    return number_of(page.submit("/check"))


def number_of(seen: Seen) -> str:
    """The number of the receipt that was reached."""
    assert seen.path.endswith("/receipt"), f"{seen.path}: {seen.words[:300]}"
    return seen.path.split("/")[-2]


def type_address(page: Page, **lines: str) -> Seen:
    """Up to the page after the address: the suggestion, or the check."""
    page.get(f"{ADDRESS}/new")
    country = lines.pop("country", "US")
    kind = lines.pop("address_type", "mailing")
    page.submit("/new", address_type=kind, country=country, since=lines.pop("since", "11/20/2026"))
    wanted = {"line1": STREET, "line2": "", "city": "Boston", "state": "MA", "postal_code": "02108"}
    return page.submit("/address", **{**wanted, **lines})


def send_address(page: Page, choice: str = "typed", **lines: str) -> str:
    seen = type_address(page, **lines)
    if seen.path.endswith("/suggestion"):
        page.submit("/suggestion", choice=choice)
    page.get(f"{ADDRESS}/check")
    return number_of(page.submit("/check"))


def signed_in(page: Page, account: TestAccount) -> Page:
    sign_in(page, account)
    return page


def file_review(page: Page, about: int = 0) -> Seen:
    """A whole review, without papers; the receipt."""
    begin_review(page, about)
    to_check(page)
    return page.submit("/check")


def exported(context: Context) -> list[dict[str, Any]]:
    """What the agency is told, line by line."""
    give_positions(context)
    with context.database.session() as session:
        lines = session.query(ExportedLine).order_by(ExportedLine.position)
        return [
            json.loads(context.sealer.open(row.line, PLACE, str(row.position))) for row in lines
        ]


def sent_number(seen: Seen) -> str:
    """The number on a receipt."""
    return number_of(seen)
