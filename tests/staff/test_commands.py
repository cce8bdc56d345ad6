"""``portal staff``: the first two supervisors, further invitations, keeping somebody out."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security.permissions import StaffRole
from portal.staff.commands import staff
from portal.staff.models import Invitation, TwoPersonRequest
from portal.web.models import SessionRow
from tests.support.accounts import mails, make_account, sign_in
from tests.support.keys import TEST_KEY
from tests.support.page import Page
from tests.support.staff import make_staff


@pytest.fixture(autouse=True)
def environment(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_MODE", "test")
    monkeypatch.setenv("PORTAL_SECRET_KEYS", TEST_KEY)
    monkeypatch.setenv("PORTAL_INSTANCE", str(context.settings.instance))
    monkeypatch.setenv("PORTAL_CLOCK", context.now().isoformat())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(staff, arguments)


def add(email: str, *more: str, role: str = "supervisor") -> Result:
    return run("add", email, "--name", "Kim Doe", "--role", role, *more)


def refusal(done: Result) -> str:
    """The one plain line of a refusal."""
    assert done.exit_code == 1
    (line,) = done.output.splitlines()
    return line


def test_two_founding_supervisors_and_no_third(context: Context) -> None:
    """ACL-4: their mails go out at once; the third is refused."""
    for email in ("kim@agency.example", "alex@agency.example"):
        done = add(email, "--founding")
        assert done.exit_code == 0
        assert "goes out by mail now" in done.output
    assert {to for _, to, words in mails(context, "staff_invitation") if words} == {
        "kim@agency.example",
        "alex@agency.example",
    }
    assert "two founding supervisors" in refusal(add("third@agency.example", "--founding"))


def test_a_founding_invitation_that_ran_out_is_replaced(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    for email in ("kim@agency.example", "alex@agency.example"):
        add(email, "--founding")
    monkeypatch.setenv("PORTAL_CLOCK", "2026-11-26T15:00:00Z")
    assert add("kim@agency.example", "--founding").exit_code == 0


def test_without_a_supervisor_who_can_sign_in_founding_works_again(context: Context) -> None:
    """ACL-4: nobody would be there to approve anything."""
    first = make_staff(context, StaffRole.SUPERVISOR, name="Ada Lane")
    second = make_staff(context, StaffRole.SUPERVISOR, name="Ben Cole")
    refusal(add("kim@agency.example", "--founding"))
    assert run("disable", first.email).exit_code == 0
    refusal(add("kim@agency.example", "--founding"))
    assert "Use --force" in refusal(run("disable", second.email))
    assert run("disable", second.email, "--force").exit_code == 0
    assert add("kim@agency.example", "--founding").exit_code == 0


def test_founding_makes_supervisors_only() -> None:
    assert "--role supervisor" in refusal(add("kim@agency.example", "--founding", role="auditor"))


def test_another_invitation_waits_for_a_supervisor(context: Context) -> None:
    """ACL-4: the command asks, and no mail goes out."""
    done = add("kim@agency.example", role="caseworker")
    assert "has to approve it" in done.output
    assert mails(context, "staff_invitation") == []
    with context.database.session() as session:
        assert session.scalars(select(Invitation.invited_by)).all() == ["command"]
        assert session.scalars(select(TwoPersonRequest.asked_by)).all() == ["command"]


def test_refusals_are_one_plain_line(context: Context) -> None:
    """ENU-1: whose address it is stays unsaid."""
    parent = make_account(context, participant_id="1")
    assert add(parent.email, role="auditor").output == ("Error: This address cannot be invited.\n")
    add("kim@agency.example", role="auditor")
    assert "cannot be invited" in refusal(add("KIM@agency.example", role="auditor"))
    assert "Not an e-mail address" in refusal(add("kim at work", role="auditor"))
    assert "1 to 120 characters" in refusal(
        run("add", "x@agency.example", "--name", "  ", "--role", "auditor")
    )
    assert "Nobody of the staff" in refusal(run("disable", "nobody@agency.example"))
    assert "Nobody of the staff" in refusal(run("disable", parent.email))
    done = run("add", "x@agency.example", "--name", "Kim", "--role", "boss")
    assert done.exit_code != 0


def test_disabling_ends_the_sessions_at_once(page: Page, context: Context) -> None:
    """SES-2, AUD-3: the saved cookie is dead; the trail says that a command did it."""
    worker = make_staff(context, StaffRole.OPERATOR)
    sign_in(page, worker)
    assert page.get("/account").status == 200
    assert run("disable", worker.email).output == "Sam Field is disabled. Sessions ended: 1.\n"
    assert "disabled already" in refusal(run("disable", worker.email))
    assert page.get("/account").h1 == "Sign in"
    with context.database.session() as session:
        assert session.get_one(Account, worker.id).disabled_at is not None
        assert all(row.ended_at for row in session.scalars(select(SessionRow)) if row.account_id)
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.name == "staff:member:disabled")
        ).one()
        assert (event.actor_id, event.subject_id) == ("command", worker.id)


def test_the_list(context: Context) -> None:
    assert "Nobody yet" in run("list").output
    roles = (StaffRole.OPERATOR, StaffRole.AUDITOR)
    make_staff(context, *roles, name="Ada [b]Lane", email="ada@agency.example")
    add("kim@agency.example", role="caseworker")
    lines = run("list").output.splitlines()
    assert len(lines) == 3
    assert "Ada [b]Lane" in lines[1]
    assert "auditor, operator" in lines[1]
    assert "never" in lines[1]
    assert "kim@agency.example" in lines[2]
    assert "invited (waiting)" in lines[2]


def test_every_command_has_an_example() -> None:
    for name in ("add", "disable", "list"):
        assert "Example: portal staff" in run(name, "--help").output
