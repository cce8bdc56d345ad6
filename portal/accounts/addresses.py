"""The addresses that mails lead to; the views are reached under the same ones."""

from __future__ import annotations

from portal.context import Context
from portal.security import links
from portal.security.links import Purpose
from portal.security.models import Link

OPENED_AT = {
    Purpose.CONFIRM_REGISTRATION: "/register/confirmation",
    Purpose.CONFIRM_EMAIL: "/sign-in/email-confirmation",
    Purpose.CHANGE_EMAIL: "/account/email/confirmation",
    Purpose.RESET_PASSWORD: "/forgotten-password/link",
    Purpose.NOT_ME: "/not-me",
    Purpose.CANCEL_RECOVERY: "/sign-in/lost-everything/cancellation",
    Purpose.RECOVER: "/sign-in/lost-everything/link",
    Purpose.CANCEL_REMOVAL: "/sign-in/factor-removal/cancellation",
    Purpose.CANCEL_CORRECTION: "/sign-in/email-correction/cancellation",
    Purpose.CONFIRM_CORRECTION: "/sign-in/email-correction/confirmation",
    Purpose.STAFF_INVITATION: "/staff/invitation",
}


def link_address(context: Context, link: Link) -> str:
    """The full address to mail: the host is the setting's, never a request's (LNK-5)."""
    path = OPENED_AT[Purpose(link.purpose)]
    return f"{address(context, path)}?token={links.token(context.keyring, link)}"


def address(context: Context, path: str) -> str:
    """The full address of a path of this site."""
    return context.settings.base_url.rstrip("/") + path
