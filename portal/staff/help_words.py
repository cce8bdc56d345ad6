"""What the steps that help a parent are called, and what each does."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from portal.staff.help_parent import Step

LABELS: Mapping[Step, str] = {
    Step.NEW_PIN: _l("Mail a new PIN"),
    Step.UNLOCK: _l("Lift the wait after wrong tries"),
    Step.END_SESSIONS: _l("Sign every device out"),
    Step.REMOVE_FACTORS: _l("Remove lost ways to sign in"),
    Step.LIFT_MARK: _l("Lift the safety mark"),
}
ABOUT: Mapping[Step, str] = {
    Step.NEW_PIN: _l(
        "A letter with a new PIN goes to the address on record. You do not see the PIN. The parent "
        "is told by e-mail if there is an account."
    ),
    Step.UNLOCK: _l(
        "Wrong passwords, codes and answers are forgotten, so that the parent can try again at "
        "once. The parent is told by e-mail."
    ),
    Step.END_SESSIONS: _l(
        "Every device is signed out and has to sign in again. The parent is told by e-mail."
    ),
    Step.REMOVE_FACTORS: _l(
        "Only for a parent who proved who they are and lost everything. Another person has to "
        "approve. Then the parent is told by e-mail and by letter, and can stop it for 24 hours. "
        "After that, passkeys, app, text messages, card and recovery codes are removed and the "
        "parent gets a link to choose a new password."
    ),
    Step.LIFT_MARK: _l(
        "Only when the parent asks for it in person and shows a photo ID. Another person has to "
        "approve. Nobody else is told, least of all the other parent."
    ),
}
