"""What roles and steps are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.security.permissions import StaffRole
from portal.staff.two_people import Action

ROLE_WORDS = {
    StaffRole.CASEWORKER: _l("Caseworker"),
    StaffRole.SUPERVISOR: _l("Supervisor"),
    StaffRole.AUDITOR: _l("Auditor"),
    StaffRole.OPERATOR: _l("Operator"),
}
ROLE_HINTS = {
    StaffRole.CASEWORKER.value: _l("Answers parents' requests, looks parents up, helps them"),
    StaffRole.SUPERVISOR.value: _l(
        "Does what a caseworker does, gives work out, looks after the staff, is the second person"
    ),
    StaffRole.AUDITOR.value: _l("Reads who did what; sees no case"),
    StaffRole.OPERATOR.value: _l("Sees extracts, outgoing mail and health; sees no case"),
}
ACTION_WORDS = {
    Action.INVITE: _l("Invite somebody to the staff"),
    Action.GRANT_ROLE: _l("Give a role"),
    Action.REMOVE_FACTORS: _l("Remove a parent's ways to sign in"),
    Action.LIFT_SAFETY_MARK: _l("Lift a safety mark"),
    Action.CORRECT_EMAIL: _l("Correct a parent's e-mail address"),
}
