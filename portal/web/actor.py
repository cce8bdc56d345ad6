"""Who acts: what pages and services need to know of the person signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from portal.security.permissions import Permission
    from portal.web.models import SessionRow


class Actor(Protocol):
    """An account, as the rooms below ``accounts`` see it."""

    @property
    def id(self) -> str: ...

    @property
    def participant_id(self) -> str | None: ...


class SignedInUser(Actor, Protocol):
    """What the guards ask of flask-login's ``current_user``."""

    @property
    def is_authenticated(self) -> bool: ...

    @property
    def is_active(self) -> bool: ...

    @property
    def is_staff(self) -> bool: ...

    def may(self, permission: Permission) -> bool:
        """Whether a role of this member of the staff has the permission; never for a parent."""
        ...

    def next_step(self, row: SessionRow) -> str | None:
        """The endpoint of the step still due before case pages open, or None."""
        ...
