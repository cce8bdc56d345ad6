"""What roles on a case and ways to sign in are called among the staff."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from portal.rules.vocabulary import Role

ROLES: Mapping[Role, str] = {
    Role.NONCUSTODIAL: _l("Pays support"),
    Role.CUSTODIAL: _l("Receives support"),
    Role.GUARDIAN: _l("Guardian"),
}
FACTORS: Mapping[str, str] = {
    "passkey": _l("Passkey"),
    "app": _l("Authenticator app"),
    "text": _l("Text message"),
    "card": _l("Printed card"),
}
