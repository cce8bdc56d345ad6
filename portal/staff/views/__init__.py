"""The staff's pages."""

from portal.staff.views import (
    approvals,
    decision,
    evidence,
    invitations,
    people,
    request_page,
)
from portal.staff.views.blueprint import blueprint, navigation

__all__ = [
    "approvals",
    "blueprint",
    "decision",
    "evidence",
    "invitations",
    "navigation",
    "people",
    "request_page",
]
