"""Plain words for the events that parents see of their own account.

What is not named here is not shown: reads by staff, marks that could be read over a shoulder (a
safety mark most of all), and the half steps of what is shown as one.
"""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.audit.models import AuditEvent

SUCCESS, REFUSED = "success", "refused"
WORDS = {
    ("account:registration:confirmed", SUCCESS): _l("You opened your account"),
    ("account:registration:provisioned", SUCCESS): _l("Your account was opened"),
    ("account:sign-in:completed", SUCCESS): _l("You signed in"),
    ("account:sign-in:ended", SUCCESS): _l("You signed out"),
    ("account:sign-in:password", REFUSED): _l("Someone tried to sign in with a wrong password"),
    ("account:sign-in:code", REFUSED): _l("Someone gave a wrong code"),
    ("account:sign-in:recovery-code", SUCCESS): _l("A recovery code was used"),
    ("account:sign-in:recovery-code", REFUSED): _l("Someone gave a wrong recovery code"),
    ("account:sign-in:card", REFUSED): _l("Someone gave a wrong code of a printed card"),
    ("account:sign-in:passkey", REFUSED): _l("A passkey was refused"),
    ("account:sign-in:disowned", SUCCESS): _l(
        "You told us that it was not you, and every device was signed out"
    ),
    ("account:session:ended", SUCCESS): _l("You signed a device out"),
    ("account:session:others-ended", SUCCESS): _l("You signed every other device out"),
    ("account:device:forgotten", SUCCESS): _l("You told us to forget a device"),
    ("account:password:changed", SUCCESS): _l("Your password was changed"),
    ("account:reset:asked", SUCCESS): _l("Someone asked for a new password"),
    ("account:reset:hint", SUCCESS): _l("The security question was answered for a new password"),
    ("account:reset:hint", REFUSED): _l("Someone gave a wrong answer to the security question"),
    ("account:email:change-asked", SUCCESS): _l("You asked to change your e-mail address"),
    ("account:email:changed", SUCCESS): _l("Your e-mail address was changed"),
    ("account:email:confirmed", SUCCESS): _l("You confirmed your e-mail address"),
    ("account:phone:changed", SUCCESS): _l("Your cell phone number was changed"),
    ("account:hint:changed", SUCCESS): _l("Your security hint was changed"),
    ("account:authenticator:added", SUCCESS): _l("An authenticator app was set up"),
    ("account:authenticator:removed", SUCCESS): _l("The authenticator app was removed"),
    ("account:recovery-codes:made", SUCCESS): _l("New recovery codes were made"),
    ("account:text-codes:added", SUCCESS): _l("Codes by text message were set up"),
    ("account:text-codes:removed", SUCCESS): _l("Codes by text message were switched off"),
    ("account:passkey:added", SUCCESS): _l("A passkey was added"),
    ("account:passkey:renamed", SUCCESS): _l("A passkey was given another name"),
    ("account:passkey:removed", SUCCESS): _l("A passkey was removed"),
    ("account:card:added", SUCCESS): _l("A printed card of codes was set up"),
    ("account:card:removed", SUCCESS): _l("A printed card of codes was removed"),
    ("account:card:low", SUCCESS): _l("Few codes were left on your printed card"),
    ("account:recovery:asked", SUCCESS): _l("Someone with a new PIN asked for a way back in"),
    ("account:recovery:cancelled", SUCCESS): _l("The way back in with a new PIN was stopped"),
    ("account:recovery:done", SUCCESS): _l("The account was opened anew with a new PIN"),
    ("account:help:new-pin", SUCCESS): _l("We had a new PIN mailed to you, as you asked"),
    ("account:help:unlocked", SUCCESS): _l("We lifted the wait after wrong tries, as you asked"),
    ("account:help:sessions-ended", SUCCESS): _l("We signed every device out, as you asked"),
    ("account:factors:removal-asked", SUCCESS): _l(
        "You asked us to remove the ways to sign in that you lost"
    ),
    ("account:factors:removal-cancelled", SUCCESS): _l("Removing the ways to sign in was stopped"),
    ("account:factors:removed", SUCCESS): _l("The ways to sign in that you lost were removed"),
    ("account:email:correction-asked", SUCCESS): _l(
        "You asked us to change the e-mail address of your account"
    ),
    ("account:email:correction-confirmed", SUCCESS): _l("The new e-mail address was confirmed"),
    ("account:email:correction-cancelled", SUCCESS): _l(
        "The change of your e-mail address was stopped"
    ),
    ("account:email:correction-lapsed", SUCCESS): _l(
        "The change of your e-mail address ended, because it was not confirmed in time"
    ),
    ("account:email:corrected", SUCCESS): _l("We changed your e-mail address, as you asked"),
    ("request:submitted", SUCCESS): _l("You sent us a request"),
    ("request:withdrawn", SUCCESS): _l("You took a request back"),
    ("account:copy:saved", SUCCESS): _l("You saved a copy of all that we hold about you"),
    ("statement:shared", SUCCESS): _l("You made a statement to show to others"),
    ("statement:taken-back", SUCCESS): _l("You ended a statement"),
}
"""By tag and outcome."""


def device_code(device: str) -> str:
    """A device's words as the trail may hold them: ``Chrome/Android``."""
    return device.replace(", ", "/").replace(" ", "-")


def words_for(event: AuditEvent) -> str:
    """What happened, in plain words."""
    return str(WORDS[event.name, event.outcome])


def device_words(event: AuditEvent) -> str:
    """The device it happened on, where that was written down; never a place."""
    code = str(event.detail.get("device", ""))
    if event.name == "account:sign-in:completed" and not code:
        return str(_("a device we do not know the name of"))
    return code.replace("/", ", ").replace("-", " ")
