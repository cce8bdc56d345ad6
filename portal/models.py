"""Every table of ours, for migrations and for tests: importing this names them all."""

from portal.accounts import (
    card_models,
    known_devices,
    opening_models,
    passkey_models,
    recovery_models,
    safety_marks,
    staff_models,
)
from portal.accounts import models as accounts
from portal.audit import models as audit
from portal.database import Base
from portal.feeds import models as feeds
from portal.notices import letter_models
from portal.notices import models as notices
from portal.own_records import models as own_records
from portal.requests import models as requests
from portal.security import models as security
from portal.staff import models as staff
from portal.statements import models as statements
from portal.web import models as web

__all__ = [
    "Base",
    "accounts",
    "audit",
    "card_models",
    "feeds",
    "known_devices",
    "letter_models",
    "notices",
    "opening_models",
    "own_records",
    "passkey_models",
    "recovery_models",
    "requests",
    "safety_marks",
    "security",
    "staff",
    "staff_models",
    "statements",
    "web",
]
