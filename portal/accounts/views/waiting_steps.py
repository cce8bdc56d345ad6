"""Stopping a step that waits a day: a way back in, or what two of the staff began (RCV-2)."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import email_correction, factor_removal, link_cookie, lost_everything
from portal.accounts.addresses import OPENED_AT
from portal.accounts.views.blueprint import FEW, blueprint
from portal.accounts.waiting_step import step_of
from portal.web import clock, context, db
from portal.web.access import public
from portal.web.forms import EmptyForm
from portal.web.limits import limiter


@public
@limiter.limit(FEW, methods=["POST"])
def cancellation(step: str) -> ResponseReturnValue:
    """Opening the link changes nothing, the button stops it (LNK-4)."""
    moved = link_cookie.take("accounts.cancellation", step=step)
    if moved is not None:
        return moved
    service = step_of(step)
    found = service.find_cancel_link(db(), context(), link_cookie.held(), clock.now())
    form = EmptyForm()
    if found is None:
        return render_template("accounts/not_me_dead.html"), 410
    if form.validate_on_submit() and service.cancel(db(), *found, clock.now()):
        return link_cookie.drop(redirect(url_for("accounts.cancelled", step=step)))
    return render_template("accounts/cancellation.html", form=form, step=step, words=service)


@public
def cancelled(step: str) -> ResponseReturnValue:
    """Nothing was changed."""
    return render_template("accounts/cancelled.html", words=step_of(step))


for _step in (lost_everything.STEP, factor_removal.STEP, email_correction.STEP):
    _path, _named = OPENED_AT[_step.stop_link], {"step": _step.stop_link.value}
    _done = _path.removesuffix("/cancellation") + "/cancelled"
    blueprint.add_url_rule(
        _path, "cancellation", cancellation, defaults=_named, methods=["GET", "POST"]
    )
    blueprint.add_url_rule(_done, "cancelled", cancelled, defaults=_named)
