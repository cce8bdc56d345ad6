"""Each role tries every address of the staff; what it reaches equals the table (ACL-3)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security.permissions import TABLE, Permission, StaffRole, may
from portal.web.access import Access
from tests.support.accounts import TestAccount, give_password, make_account, sign_in
from tests.support.page import Page
from tests.support.staff import make_staff, staff_at

DOC = (Path(__file__).parents[2] / "docs" / "security.md").read_text("utf-8")
NOT_A_STEP = ("staff.home", "staff.invitation")
"""The way to one's first page, and the page of those who are to join."""


def staff_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("staff.")]


def concrete(rule: Rule) -> str:
    """An address of this rule with made-up ids."""
    return re.sub(r"<[^>]+>", "A" * 43, re.sub(r"<int:[^>]+>", "1", rule.rule))


def permission(app: Flask, rule: Rule) -> Permission:
    found = app.view_functions[rule.endpoint].access_permission  # type: ignore[attr-defined]
    assert isinstance(found, Permission)
    return found


def refusals(context: Context, account: TestAccount) -> dict[str, int]:
    """How many refused tries of an account the trail has, by page."""
    with context.database.session() as session:
        rows = session.scalars(
            select(AuditEvent).where(
                AuditEvent.name == "staff:page:refused",
                AuditEvent.actor_id == account.id,
                AuditEvent.outcome == "refused",
            )
        )
        found: dict[str, int] = {}
        for row in rows:
            found[str(row.detail["page"])] = found.get(str(row.detail["page"]), 0) + 1
        return found


def walk(app: Flask, page: Page) -> dict[tuple[str, str], int]:
    """The status of every method of every address, by endpoint and method."""
    page.get("/account")
    token = page.csrf_token()
    found = {}
    for rule in staff_rules(app):
        for method in sorted(rule.methods or ()):
            answer = page.client.open(
                concrete(rule),
                method=method,
                base_url="http://localhost:8000",
                data={"csrf_token": token} if method not in ("GET", "HEAD", "OPTIONS") else None,
            )
            answer.close()
            found[rule.endpoint, method] = answer.status_code
    return found


def test_the_walk_covers_every_address_under_staff(app: Flask) -> None:
    """Each is shut by a permission, but for two."""
    under = {r.endpoint for r in app.url_map.iter_rules() if r.rule.startswith("/staff")}
    assert under == {r.endpoint for r in staff_rules(app)}
    shut = {
        r.endpoint
        for r in staff_rules(app)
        if app.view_functions[r.endpoint].access is Access.STAFF
    }  # type: ignore[attr-defined]
    assert under - shut == set(NOT_A_STEP)


@pytest.mark.parametrize("role", list(StaffRole))
def test_a_role_reaches_what_the_table_says(
    app: Flask, page: Page, context: Context, role: StaffRole
) -> None:
    """ACL-3, AUD-1: and each refused try is in the trail, one row a try."""
    account = staff_at(page, context, role)
    assert page.get("/staff").status == 200
    answers = walk(app, page)
    expected: dict[str, int] = {}
    for rule in staff_rules(app):
        if rule.endpoint in NOT_A_STEP:
            continue
        reaches = may([role], permission(app, rule))
        for method in rule.methods or ():
            status = answers[rule.endpoint, method]
            assert status < 500, (rule.rule, method)
            if not reaches:
                assert status == 404, (rule.rule, method)
                expected[rule.endpoint] = expected.get(rule.endpoint, 0) + 1
            elif "<" not in rule.rule:
                assert status != 404, (rule.rule, method)
    assert refusals(context, account) == expected


def test_a_parent_reaches_nothing(app: Flask, page: Page, context: Context) -> None:
    """ACL-3: every address is as one that never was, and the tries are in the trail."""
    account = make_account(context, participant_id="1")
    sign_in(page, account)
    answers = walk(app, page)
    refused = refusals(context, account)
    for rule in staff_rules(app):
        if rule.endpoint == "staff.invitation":
            continue
        for method in rule.methods or ():
            assert answers[rule.endpoint, method] == 404 or method == "OPTIONS", rule.rule
        assert rule.endpoint in refused or rule.endpoint == "staff.home", rule.rule
    made_up = page.get("/staff/made-up-address")
    real = page.get("/staff/people")
    assert made_up.status == real.status == 404
    assert made_up.words == real.words


def test_anonymous_is_led_to_sign_in_from_everywhere(app: Flask, page: Page) -> None:
    """ACL-1."""
    for (endpoint, method), status in walk(app, page).items():
        if endpoint != "staff.invitation":
            assert status == 302, (endpoint, method)


def test_a_password_alone_reaches_nothing(app: Flask, page: Page, context: Context) -> None:
    """OTP-5: whatever the roles, every address leads to the second factor."""
    account = make_staff(context, *StaffRole)
    give_password(page, account)
    for (endpoint, method), status in walk(app, page).items():
        if endpoint != "staff.invitation":
            assert status == 302, (endpoint, method)
    assert page.get("/staff/people").path == "/sign-in/code"
    assert refusals(context, account) == {}


def test_a_role_counts_from_the_next_request_on(page: Page, context: Context) -> None:
    """SES-2: read afresh each time, never from the session."""
    staff_at(page, context, StaffRole.SUPERVISOR)
    assert page.get("/staff/people").status == 200
    with context.database.transaction() as session:
        from portal.accounts.staff_models import RoleGrant

        for grant in session.scalars(select(RoleGrant)):
            grant.ended_at = context.now()
    assert page.get("/staff/people").status == 404
    with context.database.session() as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)
                              .where(AuditEvent.name == "staff:page:refused")) == 1  # fmt: skip


def test_the_table_of_the_security_page_is_the_table() -> None:
    """ACL-3: roles written down."""
    heading = next(line for line in DOC.splitlines() if line.startswith("| permission |"))
    roles = [StaffRole(cell.strip()) for cell in heading.strip("|").split("|")[2:]]
    assert roles == list(StaffRole)
    told = {}
    for key, cells in re.findall(r"^\| `([a-z_]+)` \|(.+)\|$", DOC, re.MULTILINE):
        if key in set(Permission):
            marks = [cell.strip() for cell in cells.split("|")[1:]]
            told[Permission(key)] = {
                role for role, mark in zip(roles, marks, strict=True) if mark == "yes"
            }
    assert told == {permission: set(found) for permission, found in TABLE.items()}


def test_no_case_data_for_auditors_and_operators() -> None:
    """ACL-3: whoever reads the trail or keeps the portal running neither works nor opens a case,
    and nobody who works cases reads the trail."""
    cases = {Permission.WORK_REQUESTS, Permission.LOOK_UP_PARENTS, Permission.HELP_PARENTS}
    for role in (StaffRole.AUDITOR, StaffRole.OPERATOR):
        assert not any(may([role], permission) for permission in cases)
    assert TABLE[Permission.READ_TRAIL] == {StaffRole.AUDITOR}
