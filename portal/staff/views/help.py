"""Helping a parent who is stuck (RCV-2)."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.reauthentication import recently_authenticated
from portal.security.permissions import Permission
from portal.staff import safety
from portal.staff.correct_email import can_correct
from portal.staff.help_parent import TWO_PEOPLE, CannotHelp, Step, help_parent, steps_for
from portal.staff.help_words import ABOUT, LABELS
from portal.staff.look_up_forms import WhyForm
from portal.staff.look_up_person import Person
from portal.staff.views.blueprint import blueprint, worker
from portal.staff.views.person import open_person
from portal.web import clock, context, db
from portal.web.access import staff_only


@blueprint.route("/parents/<person>/help/<step>", methods=["GET", "POST"])
@staff_only(Permission.HELP_PARENTS)
@recently_authenticated
def help(person: str, step: str) -> ResponseReturnValue:
    """One step for a parent, with the reason; those that need two people are asked for."""
    found = open_person(person)
    if not isinstance(found, Person):
        return found
    marked = safety.can_lift(db(), found.participant_id)
    wanted = next((it for it in Step if it.value == step), None)
    if wanted is None or wanted not in steps_for(db(), found.participant_id, marked=marked):
        abort(404)
    form = WhyForm()
    if form.validate_on_submit():
        now, reason = clock.now(), form.words.data or ""
        try:
            help_parent(db(), context(), worker(), found.participant_id, wanted, reason, now)
        except CannotHelp:
            form.words.errors = [_("This is under way already, or was done too often today")]
        else:
            told = _("Done.") if wanted not in TWO_PEOPLE else _("Another person has to approve.")
            flash(told, "success")
            return redirect(url_for("staff.person", person=person))
    return render_template(
        "staff/help.html", form=form, shown=person, seen=found, step=wanted,
        label=LABELS[wanted], about=ABOUT[wanted],
    )  # fmt: skip


@blueprint.app_context_processor
def _offers() -> dict[str, object]:
    """For the page of a person: what can be done for them."""

    def help_offers(seen: Person, shown: str) -> list[tuple[str, str]]:
        if not worker().may(Permission.HELP_PARENTS):
            return []
        marked = safety.can_lift(db(), seen.participant_id)
        steps = steps_for(db(), seen.participant_id, marked=marked)
        offers = [
            (url_for("staff.help", person=shown, step=step.value), LABELS[step]) for step in steps
        ]
        if can_correct(db(), seen.participant_id):
            href = url_for("staff.correct_email", person=shown)
            offers.append((href, _("Correct the e-mail address")))
        return offers

    return {"help_offers": help_offers}
