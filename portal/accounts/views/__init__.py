"""The pages of this room: registering, signing in, a forgotten password, the account itself."""

from __future__ import annotations

from portal.accounts import jobs as jobs
from portal.accounts.views.blueprint import blueprint, navigation

# Each module adds its pages to the blueprint.
from portal.accounts.views import (  # isort: skip
    account as account,
    authenticate as authenticate,
    card as card,
    change_contact as change_contact,
    change_sign_in as change_sign_in,
    confirm_registration as confirm_registration,
    devices as devices,
    email_correction as email_correction,
    forgotten_password as forgotten_password,
    history as history,
    lost_everything as lost_everything,
    missing_steps as missing_steps,
    new_pin as new_pin,
    passkey_due as passkey_due,
    passkeys as passkeys,
    not_me as not_me,
    register as register,
    safety as safety,
    second_factor as second_factor,
    sign_in as sign_in,
    text_codes as text_codes,
    use_passkey as use_passkey,
    use_text_code as use_text_code,
    waiting_steps as waiting_steps,
)

__all__ = ["blueprint", "navigation"]
