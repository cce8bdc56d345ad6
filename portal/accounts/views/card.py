"""The printed card: at signing in, as the step still due, and on the account."""

from __future__ import annotations

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts import card as service
from portal.accounts import device_cookie
from portal.accounts.card_models import Card
from portal.accounts.check_code import check_card_code
from portal.accounts.forms.sign_in import CardCodeForm
from portal.accounts.reauthentication import recently_authenticated
from portal.accounts.remove_factor import LastFactor, remove
from portal.accounts.views.blueprint import (
    blueprint,
    complete_sign_in,
    go_on,
    let_in,
    me,
    this_browser,
)
from portal.accounts.views.missing_steps import show_new_codes
from portal.web import begin_writing, clock, context, db, reads_first
from portal.web.access import half_signed_in, signed_in
from portal.web.forms import EmptyForm
from portal.web.two_edges import edges


@blueprint.route("/sign-in/card", methods=["GET", "POST"])
@half_signed_in(step="accounts.code")
@reads_first
def card_code() -> ResponseReturnValue:
    """The code of the card that is asked by its number; the same one until it is given."""
    made = me().card
    if made is None:
        return redirect(url_for("accounts.code"))
    form = CardCodeForm()
    if made.asked is not None and form.validate_on_submit():
        now, typed = clock.now(), form.code.data or ""
        answer = check_card_code(edges(), context(), me(), typed, now, device_cookie.held())
        if let_in(form.code, answer, now, _wrong_code()):
            _say_if_few()
            return go_on()
        made = me().card
        if made is None or made.asked is None:  # ended, or used up, while the code was compared
            return redirect(url_for("accounts.card_code"))
    return render_template("accounts/card_code.html", form=form)


@blueprint.route("/sign-in/authenticator/card", methods=["GET", "POST"])
@half_signed_in(step="accounts.missing_authenticator")
@reads_first
def missing_card() -> ResponseReturnValue:
    """A card as the account's first second factor: made by the button, then shown."""
    here = url_for("accounts.missing_card")
    proof = url_for("accounts.missing_card_proof")
    return _codes_page(here, proof, url_for("accounts.missing_authenticator"))


@blueprint.route("/sign-in/authenticator/card/proof", methods=["GET", "POST"])
@half_signed_in(step="accounts.missing_authenticator")
@reads_first
def missing_card_proof() -> ResponseReturnValue:
    """One code typed back takes the card into use; the recovery codes come with it."""
    form = CardCodeForm()
    if _took_into_use(form):
        complete_sign_in(me())
        show_new_codes()
        return go_on()
    return _proof_page(form, "accounts.missing_card_proof", "accounts.missing_card")


@blueprint.get("/account/card")
@signed_in
def card() -> ResponseReturnValue:
    """Whether there is a card and how many of its codes are left."""
    made = me().card
    left = service.codes_left(db(), made) if made is not None else 0
    return render_template("accounts/card.html", card=made, left=left)


@blueprint.route("/account/card/codes", methods=["GET", "POST"])
@signed_in
@recently_authenticated
@reads_first
def card_codes() -> ResponseReturnValue:
    """A new card, shown until one of its codes was typed back; the old one works until then."""
    here, proof = url_for("accounts.card_codes"), url_for("accounts.card_proof")
    return _codes_page(here, proof, url_for("accounts.card"))


@blueprint.route("/account/card/proof", methods=["GET", "POST"])
@signed_in
@recently_authenticated
@reads_first
def card_proof() -> ResponseReturnValue:
    """One code typed back takes the card into use."""
    form = CardCodeForm()
    if _took_into_use(form):
        flash(_("Your card is set up. Any older card no longer works."), "success")
        return redirect(url_for("accounts.card"))
    return _proof_page(form, "accounts.card_proof", "accounts.card_codes")


@blueprint.route("/account/card/removal", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def card_removal() -> ResponseReturnValue:
    """Remove the card, unless it is the only second factor."""
    if me().card is None:
        return redirect(url_for("accounts.card"))
    form, is_last = EmptyForm(), not me().has_factor_beside_card
    if form.validate_on_submit():
        try:
            remove(db(), context(), me(), service.CARD, clock.now(), this_browser())
        except LastFactor:
            return redirect(url_for("accounts.card_removal"))
        flash(_("The card was removed. Its codes no longer work."), "success")
        return redirect(url_for("accounts.card"))
    return render_template("accounts/card_removal.html", form=form, is_last=is_last)


def _codes_page(here: str, proof: str, back: str) -> ResponseReturnValue:
    form, made = EmptyForm(), _offered()
    if form.validate_on_submit():
        drawn = service.draw(context())
        begin_writing()
        offered = service.offer(db(), me(), drawn, clock.now())
        session["card"] = {"id": offered.id, "codes": drawn.codes}
        return redirect(here)
    codes = session["card"]["codes"] if made is not None else None
    return render_template(
        "accounts/card_codes.html", form=form, codes=codes, here=here, proof=proof, back=back
    )


def _proof_page(form: CardCodeForm, here: str, shown: str) -> ResponseReturnValue:
    made = _offered()
    if made is None:
        return redirect(url_for(shown))
    return render_template(
        "accounts/card_proof.html", form=form, asked=made.asked, here=url_for(here),
        shown=url_for(shown),
    )  # fmt: skip


def _offered() -> Card | None:
    """The card that this session offered, while it is open."""
    return service.find_offer(db(), me(), session.get("card", {}).get("id"))


def _took_into_use(form: CardCodeForm) -> bool:
    made = _offered()
    if made is None or not form.validate_on_submit():
        return False
    typed, now = form.code.data or "", clock.now()
    if service.confirm(edges(), context(), me(), made.id, typed, now, this_browser()):
        session.pop("card", None)
        return True
    form.code.errors = (_wrong_code(),)
    return False


def _wrong_code() -> str:
    return str(_("Look for the number on your card and type the code beside it"))


def _say_if_few() -> None:
    made = me().card
    left = service.codes_left(db(), made) if made is not None else 0
    if left <= service.FEW_LEFT:
        flash(
            ngettext(
                "Your card has %(num)s code left. Print a new card on the account page.",
                "Your card has %(num)s codes left. Print a new card on the account page.",
                left,
            ),
            "warning",
        )
