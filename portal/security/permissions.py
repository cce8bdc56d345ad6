"""Who of the staff may do what: a table that can be read aloud (ACL-3).

"*Working requests* is for caseworkers and supervisors." No role includes another: who needs two
has two. A role is granted by two people; *protected location* is no role but is granted for one
request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class StaffRole(StrEnum):
    """What a member of the staff was made."""

    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Permission(StrEnum):
    """What pages of the staff ask for."""

    WORK_REQUESTS = "work_requests"
    """See the queue, take a request, ask for more, decide, write the letter."""
    LOOK_UP_PARENTS = "look_up_parents"
    """Open a parent's record, for a reason."""
    HELP_PARENTS = "help_parents"
    """A new PIN by letter, unlock, end sessions, correct an e-mail address with proof."""
    LEAD_QUEUE = "lead_queue"
    """Give anybody's request to somebody else; see the figures."""
    GRANT_PROTECTED_LOCATION = "grant_protected_location"
    """Let one worker see where a person in hiding lives, for one request."""
    MANAGE_STAFF = "manage_staff"
    """Invite, ask for a role, disable."""
    APPROVE = "approve"
    """Be the second of the two people that some steps need."""
    READ_TRAIL = "read_trail"
    """Who opened which record, and what else happened; no case data."""
    OPERATE = "operate"
    """Extracts, outbox, health; no case data."""


_CASEWORKER, _SUPERVISOR = StaffRole.CASEWORKER, StaffRole.SUPERVISOR

TABLE: Mapping[Permission, frozenset[StaffRole]] = MappingProxyType(
    {
        Permission.WORK_REQUESTS: frozenset({_CASEWORKER, _SUPERVISOR}),
        Permission.LOOK_UP_PARENTS: frozenset({_CASEWORKER, _SUPERVISOR}),
        Permission.HELP_PARENTS: frozenset({_CASEWORKER, _SUPERVISOR}),
        Permission.LEAD_QUEUE: frozenset({_SUPERVISOR}),
        Permission.GRANT_PROTECTED_LOCATION: frozenset({_SUPERVISOR}),
        Permission.MANAGE_STAFF: frozenset({_SUPERVISOR}),
        Permission.APPROVE: frozenset({_SUPERVISOR}),
        Permission.READ_TRAIL: frozenset({StaffRole.AUDITOR}),
        Permission.OPERATE: frozenset({StaffRole.OPERATOR}),
    }
)
"""From permission to the roles that have it."""


def may(roles: Iterable[StaffRole], permission: Permission) -> bool:
    """Whether any of the roles has the permission."""
    return not TABLE[permission].isdisjoint(roles)
