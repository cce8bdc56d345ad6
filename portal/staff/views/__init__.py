"""The staff's pages."""

from portal.staff import late as late
from portal.staff.views import (
    approvals,
    case_letters,
    closing_notice,
    correct_email,
    decision,
    evidence,
    figures,
    help,
    invitations,
    look_up,
    operations,
    overpayment_notice,
    people,
    person,
    protected_location,
    queue,
    queue_steps,
    request_page,
    trail,
)
from portal.staff.views.blueprint import blueprint, navigation

__all__ = [
    "approvals",
    "blueprint",
    "case_letters",
    "closing_notice",
    "correct_email",
    "decision",
    "evidence",
    "figures",
    "help",
    "invitations",
    "look_up",
    "navigation",
    "operations",
    "overpayment_notice",
    "people",
    "person",
    "protected_location",
    "queue",
    "queue_steps",
    "request_page",
    "trail",
]
