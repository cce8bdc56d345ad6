"""Members of the staff for tests: complete accounts with roles, signed in through the pages."""

from __future__ import annotations

from portal.context import Context
from portal.security.permissions import StaffRole
from portal.staff.provision import provision_staff
from tests.support.accounts import PASSWORD, TestAccount, sign_in
from tests.support.page import Page


def make_staff(
    context: Context, *roles: StaffRole, name: str = "Sam Field", email: str | None = None
) -> TestAccount:
    """A worker with an authenticator app; `sign_in` of `tests.support.accounts` signs in."""
    address = email or f"{name.lower().replace(' ', '.')}@agency.example"
    with context.database.transaction() as session:
        made = provision_staff(
            session, context, name=name, email=address, password=PASSWORD,
            roles=roles, now=context.now(),
        )  # fmt: skip
        return TestAccount(made.account.id, None, address, PASSWORD, made.totp_secret, made.codes)


def staff_at(
    page: Page, context: Context, *roles: StaffRole, name: str = "Sam Field"
) -> TestAccount:
    """The same, signed in at a browser."""
    account = make_staff(context, *roles, name=name)
    sign_in(page, account)
    return account
