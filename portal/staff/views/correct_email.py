"""Another e-mail address for a parent who lost the mailbox (RCV-2)."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.reauthentication import recently_authenticated
from portal.security.permissions import Permission
from portal.staff.correct_email import AddressTaken, Proof, ask_correction, can_correct
from portal.staff.help_parent import CannotHelp
from portal.staff.look_up_forms import CorrectEmailForm
from portal.staff.look_up_person import Person
from portal.staff.views.blueprint import blueprint, worker
from portal.staff.views.person import open_person
from portal.web import clock, context, db
from portal.web.access import staff_only


@blueprint.route("/parents/<person>/email", methods=["GET", "POST"])
@staff_only(Permission.HELP_PARENTS)
@recently_authenticated
def correct_email(person: str) -> ResponseReturnValue:
    """The new address, what proof was seen, and why; a second person is asked."""
    found = open_person(person)
    if not isinstance(found, Person):
        return found
    if not can_correct(db(), found.participant_id):
        abort(404)
    form = CorrectEmailForm()
    if form.validate_on_submit() and _asked(form, found.participant_id):
        flash(_("Another person has to approve."), "success")
        return redirect(url_for("staff.person", person=person))
    return render_template("staff/correct_email.html", form=form, shown=person, seen=found)


def _asked(form: CorrectEmailForm, participant_id: str) -> bool:
    """Ask; or say at the field why not."""
    email, words = form.email.data or "", form.words.data or ""
    proof = Proof(form.proof.data)
    try:
        ask_correction(db(), context(), worker(), participant_id, email, proof, words, clock.now())
    except AddressTaken:
        form.email.errors = [_("This address cannot be used: an account has it already")]
    except CannotHelp:
        form.words.errors = [_("This is under way already")]
    else:
        return True
    return False
