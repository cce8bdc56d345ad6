"""The staff's pages."""

from portal.staff.views.blueprint import blueprint, navigation

__all__ = ["blueprint", "navigation"]
