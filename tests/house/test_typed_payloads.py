"""What a person types stays words, in every field that the walk in a browser does not fill; and no
field that takes more than a choice is forgotten by both of them (INJ-2, INJ-3)."""

from __future__ import annotations

import csv
import email
import email.policy
import io

import pytest

from portal.context import Context
from portal.notices.worker import run_once
from portal.security.permissions import StaffRole
from tests.accounts.test_passkeys import add as add_passkey
from tests.accounts.test_passkeys import only_id
from tests.browser.planted import CELLS, Planted
from tests.browser.test_staff_payloads import TYPED
from tests.house.typed_fields import (
    HERE,
    IN_THE_WALK,
    NEVER_SHOWN,
    NOWHERE,
    REFUSED_IN_THE_WALK,
    free_fields,
)
from tests.own_records.logs import add as add_payment
from tests.own_records.logs import entry_paths, records
from tests.requests.conftest import parents
from tests.requests.parents import ADDRESS, Parents, photo, send_address, signed_in
from tests.staff.looking_up import PAYOR, look_up
from tests.support.clock import Clock
from tests.support.page import Page, Seen
from tests.support.passkey import SoftPasskey
from tests.support.staff import staff_at

__all__ = ["parents"]
RAW = tuple(cell for cell in CELLS if set(cell) & set("<>\"'"))
"""Payloads that no page may hold as they are: each has a sign that words are rid of."""


def test_every_field_is_filled_with_a_payload_or_it_is_said_why_not() -> None:
    """A new field is named in `typed_fields`, and filled here or in the walk in a browser."""
    fields = free_fields()
    for place, kind in fields.items():
        said = [
            place in IN_THE_WALK,
            place in REFUSED_IN_THE_WALK,
            place in HERE,
            place in NOWHERE,
            issubclass(kind, tuple(NEVER_SHOWN)),
        ]
        assert said.count(True) == 1, f"{place} ({kind.__name__}): {said}"
    assert {*IN_THE_WALK, *REFUSED_IN_THE_WALK, *HERE, *NOWHERE} <= set(fields)
    assert set(IN_THE_WALK.values()) <= set(TYPED)


class Somebody:
    """A browser without a screen, whose every page is looked through."""

    def __init__(self, page: Page, who: str, planted: Planted) -> None:
        self.page, self.who, self.planted = page, who, planted

    def get(self, path: str, **query: str) -> Seen:
        return self.look(self.page.get(path, query_string=query))

    def send(self, action: str | None = None, **fields: object) -> Seen:
        return self.look(self.page.submit(action, **fields))  # type: ignore[arg-type]

    def look(self, seen: Seen) -> Seen:
        """Nothing of a payload is anything but words, on this page or in this file."""
        assert seen.status in (200, 400, 404), f"{seen.path}: {seen.status}"
        if seen.is_html:
            assert [cell for cell in RAW if cell in seen.text] == [], seen.path
            assert "7777777" not in seen.text
            assert 'href="javascript' not in seen.text
        self.planted.read(self.who, seen.text)
        return seen

    def cell(self, place: str, index: int, most: int = 200) -> str:
        """A payload for a field, marked as that field's."""
        assert place in HERE
        return self.planted.cell(place, index, most)

    def words(self, place: str, most: int) -> str:
        """Payloads on several lines, alike."""
        assert place in HERE
        return self.planted.words(place, most)


def test_what_is_typed_stays_words(
    page: Page,
    context: Context,
    clock: Clock,
    parents: Parents,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """INJ-2, INJ-3"""
    planted = Planted()
    ways_in(Somebody(page, "anybody", planted))
    payor = Somebody(signed_in(Page(page.app), parents.payor), "payor", planted)
    own_account(payor, context)
    dates(payor)
    own_records(payor)
    number = new_address(payor)
    sam, ada, ben = Page(page.app), Page(page.app), Page(page.app)
    staff_at(sam, context, StaffRole.CASEWORKER)
    staff_at(ada, context, StaffRole.SUPERVISOR, StaffRole.AUDITOR, name="Ada Lane")
    staff_at(ben, context, StaffRole.SUPERVISOR, name="Ben Cole")
    desk = Somebody(sam, "desk", planted)
    look_for_parents(desk)
    refuse(desk, payor, number)
    boss, other = Somebody(ada, "boss", planted), Somebody(ben, "other boss", planted)
    lead(boss, other)
    approvals(boss)
    approvals(other)
    missing = {it: who - planted.seen(it) for it, who in HERE.items()}
    assert {it: who for it, who in missing.items() if who} == {}, "not seen, and by whom not"
    run_once(context, context.now())
    mails_are_plain(context)
    logged = "".join(capfd.readouterr())
    assert "forged=1" not in logged
    assert "__ran" not in logged


def ways_in(anybody: Somebody) -> None:
    anybody.get("/sign-in")
    anybody.send(email=anybody.cell("accounts.forms.sign_in.SignInForm.email", 2), password="x")
    anybody.get("/forgotten-password")
    anybody.send(email=anybody.cell("accounts.forms.sign_in.ForgottenForm.email", 3))
    anybody.get("/statements/check")
    anybody.send(code=anybody.cell("statements.forms.CodeForm.code", 0))


def own_account(payor: Somebody, context: Context) -> None:
    names = "accounts.forms.passkeys"
    name = payor.cell(f"{names}.NewPasskeyForm.name", 1, 60)
    payor.look(add_passkey(payor.page, SoftPasskey(), name))
    payor.get(f"/account/passkeys/{only_id(context)}")
    payor.send(name=payor.cell(f"{names}.NameForm.name", 2, 60))
    payor.get("/account/email")
    payor.send(email=payor.cell("accounts.forms.account.ChangeEmailForm.email", 0))
    payor.get("/account/phone")
    payor.send(phone=payor.cell("accounts.forms.fields.PhoneForm.phone", 3))


def dates(payor: Somebody) -> None:
    """What is no day is shown again, also where it came by the address."""
    case = payor.get("/cases").path
    for path, form in (
        ("payments", "cases.forms.PaymentFilter"), ("statements", "statements.forms.PeriodForm"),
    ):  # fmt: skip
        days = {"from": payor.cell(f"{form}.first", 0), "to": payor.cell(f"{form}.last", 2)}
        payor.get(f"{case}/{path}", **days)


def own_records(payor: Somebody) -> None:
    form, kept = "own_records.forms.PaymentForm", "own_records.forms.SpreadsheetForm.file"
    payor.look(
        add_payment(payor.page, payor.cell(f"{form}.on", 0), payor.cell(f"{form}.amount", 7))
    )
    name = f"{CELLS[0][:9]}{CELLS[1]}{CELLS[7]} {payor.planted.mark(f'{form}.file')}"
    note = payor.cell(f"{form}.note", 5)
    payor.look(
        add_payment(payor.page, "11/06/2026", "77.00", note=note,
                    file=(io.BytesIO(photo()), f"{name}.jpg"))
    )  # fmt: skip
    for path in entry_paths(payor.page):
        receipts = [it for it in payor.get(path).links().values() if "/receipts/" in it]
        payor.get(f"{path}/removal")
        for receipt in receipts:
            assert "\n" not in payor.get(receipt).headers["Content-Disposition"]
    for text in ("note", f'"{CELLS[1]}"', "note,note"):
        spreadsheet(payor, f"date,amount,{text}\r\n11/07/2026,1.00,{CELLS[0]}\r\n")
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["date", "amount", "how", "note"])
    for cell in CELLS:
        rows.writerow(["11/08/2026", "5.00", "", f"{cell[:190]} {payor.planted.mark(kept)}"])
    spreadsheet(payor, file.getvalue() + f"x,{CELLS[2]},{CELLS[3]},\r\n")
    spreadsheet(payor, file.getvalue())
    payor.send("/rows")
    log = records(payor.page)
    payor.get(log)
    table = payor.get(f"{log}.csv").text
    payor.planted.read("file", table)
    for row in csv.reader(io.StringIO(table.removeprefix("\ufeff"))):
        assert not any(cell.startswith(tuple("=+-@\t\r\n")) for cell in row), row


def spreadsheet(payor: Somebody, text: str) -> None:
    payor.get(f"{records(payor.page)}/csv")
    payor.send("/csv", file=(io.BytesIO(text.encode()), f"{CELLS[1]}.csv"))


def new_address(payor: Somebody) -> str:
    form = "requests.forms.UsLinesForm"
    payor.get(f"{ADDRESS}/new")
    since = payor.cell("requests.forms.AddressKindForm.since", 2)
    payor.send("/new", address_type="mailing", country="US", since=since)
    payor.send("/new", address_type="mailing", country="US", since="11/20/2026")
    lines = {name: payor.cell(f"{form}.{name}", index, 50)
             for name, index in (("line1", 0), ("line2", 5), ("city", 1))}  # fmt: skip
    payor.send(
        "/address", state="MA", postal_code=payor.cell(f"{form}.postal_code", 2, 20), **lines
    )
    number = send_address(payor.page, **lines)
    payor.get(f"/requests/{number}")
    return number


def look_for_parents(desk: Somebody) -> None:
    form = "staff.look_up_forms"
    typed = {"by": "name", "first_name": "x", "last_name": "x",
             "born": desk.cell(f"{form}.LookUpForm.born", 0)}  # fmt: skip
    desk.look(look_up(desk.page, **typed))
    desk.get("/staff/letters")
    desk.send("/letters", kind="sent", reason="case_work", words="x",
              case=desk.cell("staff.letter_forms.CaseLetterForm.case", 3))  # fmt: skip
    links = desk.look(look_up(desk.page, **PAYOR)).links()
    desk.get(links["Remove lost ways to sign in"])
    desk.send(words=desk.words(f"{form}.WhyForm.words", 500))
    desk.get(links["Correct the e-mail address"])
    words = desk.words(f"{form}.CorrectEmailForm.words", 500)
    wrong = desk.cell(f"{form}.CorrectEmailForm.email", 1)
    for address in (wrong, "jordan.new@example.net"):
        desk.send(email=address, proof="photo-id", words=words)


def refuse(desk: Somebody, payor: Somebody, number: str) -> None:
    path = f"/staff/requests/{number}"
    desk.get(path)
    desk.send("/take")
    desk.get(f"{path}/more-information")
    until = desk.cell("staff.request_forms.MoreForm.until", 2)
    desk.send("/more-information", words="Which?", until=until)
    desk.get(f"{path}/refusal")
    desk.send("/refusal", reason=desk.words("staff.request_forms.RefusalForm.reason", 900))
    payor.get(f"/requests/{number}")


def lead(boss: Somebody, other: Somebody) -> None:
    """Invite somebody, ask for a role for a colleague, read the trail."""
    form = "staff.people_forms"
    boss.get("/staff/people/invitations/new")
    typed = {"name": boss.cell(f"{form}.InviteForm.name", 1, 80), "roles": ["caseworker"],
             "reason": boss.words(f"{form}.InviteForm.reason", 500)}  # fmt: skip
    for address in (boss.cell(f"{form}.InviteForm.email", 2), "kim@agency.example"):
        boss.send(**typed, email=address)
    boss.get("/staff/people/invitations")
    other.get("/staff/people/invitations")
    member = boss.get("/staff/people").links()["Sam Field"]
    boss.get(f"{member}/role")
    boss.send(role="auditor", reason=boss.words(f"{form}.NewRoleForm.reason", 500))
    days = "staff.audit_forms.DaysForm"
    typed_days = {"first": boss.cell(f"{days}.first", 0), "last": boss.cell(f"{days}.last", 3)}
    for path in ("/staff/trail", "/staff/trail/unusual"):
        boss.get(path, **typed_days)


def approvals(boss: Somebody) -> None:
    links = boss.get("/staff/approvals").links().values()
    for path in (it for it in links if "/approvals/" in it):
        boss.get(path)


def mails_are_plain(context: Context) -> None:
    """No header of the sender's own, and no word of anybody's but a name in either body."""
    found = list(context.settings.instance.rglob("*.eml"))
    assert found
    for path in found:
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert "bcc" not in {name.lower() for name in mail}
        bodies = [part.get_content() for part in mail.walk() if not part.is_multipart()]
        for words in (*bodies, *(str(it) for it in mail.values())):
            for trace in ("__ran", "evil", "forged", "7*", "<script", "#eval"):
                assert trace not in words, f"{mail['Subject']}: {trace}"
