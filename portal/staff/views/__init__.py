"""The staff's pages."""

from portal.staff.views import (
    approvals,
    invitations,
    people,
)
from portal.staff.views.blueprint import blueprint, navigation

__all__ = ["approvals", "blueprint", "invitations", "navigation", "people"]
