"""The forms of passkeys."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, InputRequired, Length

from portal.accounts.forms.fields import UnkeptField
from portal.security.passkeys import LONGEST_ANSWER
from portal.web.forms import PortalForm, TidyField

LONGEST_NAME = 60


class PasskeyForm(PortalForm):
    """What the browser says for its device; a script fills it in."""

    credential = UnkeptField(validators=[InputRequired(), Length(max=LONGEST_ANSWER)])


class NameForm(PortalForm):
    """What a passkey is called."""

    name = TidyField(
        _l("Name"),
        [
            DataRequired(_l("Enter a name, such as My phone")),
            Length(max=LONGEST_NAME, message=_l("Use %(max)d characters or fewer")),
        ],
    )


class NewPasskeyForm(PasskeyForm):
    """A new passkey and its name. The name is never refused: the device has made it by now."""

    name = TidyField(_l("Name"))
