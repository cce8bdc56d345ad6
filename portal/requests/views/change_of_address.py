"""Telling of a new address, step by step."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.reauthentication import recently_authenticated
from portal.accounts.safety_marks import is_marked
from portal.requests.addresses import US, from_fields, propose
from portal.requests.change_address import (
    KIND,
    AddressType,
    change_from_draft,
    file_address_change,
)
from portal.requests.drafts import begin_draft, save_draft
from portal.requests.forms import (
    AddressKindForm,
    ForeignLinesForm,
    SuggestionForm,
    UsLinesForm,
    countries,
)
from portal.requests.submit import NotReadyToSend
from portal.requests.views.blueprint import actor, blueprint, my_draft, person, until_when
from portal.requests.words import ADDRESS_TYPES
from portal.rules.calendar import day_from
from portal.web import clock, context, db
from portal.web.access import signed_in


@blueprint.route("/requests/change-of-address/new", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def address_kind() -> ResponseReturnValue:
    """What the address is for, the country, from when."""
    found = my_draft(KIND, lock=request.method == "POST")
    data: dict[str, Any] = found[1] if found else {}
    form = AddressKindForm(
        data={
            "address_type": data.get("address_type"),
            "country": data.get("address", {}).get("country", US),
            "since": day_from(data.get("from")),
        }
    )
    if form.validate_on_submit() and form.since.data:
        draft = found[0] if found else None
        if draft is None:
            draft = begin_draft(db(), context().sealer, actor().id, KIND, clock.now())
        same = data.get("address", {}).get("country") == form.country.data
        save_draft(
            db(),
            context().sealer,
            draft,
            clock.now(),
            address_type=form.address_type.data,
            **{"from": form.since.data.isoformat()},
            address=data["address"] if same else {"country": form.country.data},
        )
        return redirect(url_for("requests.address_lines"))
    hints = {key.value: hint for key, (_label, hint) in ADDRESS_TYPES.items()}
    until = until_when(found[0] if found else None)
    return render_template("requests/address_kind.html", form=form, hints=hints, kept_until=until)


@blueprint.route("/requests/change-of-address/address", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def address_lines() -> ResponseReturnValue:
    """The address itself."""
    found = my_draft(KIND, lock=request.method == "POST")
    if found is None or "address" not in found[1]:
        return redirect(url_for("requests.address_kind"))
    draft, data = found
    country = data["address"]["country"]
    form_class = UsLinesForm if country == US else ForeignLinesForm
    form = form_class(data=data["address"])
    if form.validate_on_submit():
        typed = from_fields({**form.data, "country": country}, "")
        save_draft(db(), context().sealer, draft, clock.now(), address=typed.as_fields(""))
        empty = propose(typed).is_empty
        return redirect(
            url_for("requests.address_check" if empty else "requests.address_suggestion")
        )
    name = dict(countries()).get(country, country)
    return render_template(
        "requests/address_lines.html", form=form, is_us=country == US, country=name
    )


@blueprint.route("/requests/change-of-address/suggestion", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def address_suggestion() -> ResponseReturnValue:
    """What the checks propose; the parent decides."""
    found = my_draft(KIND, lock=request.method == "POST")
    if found is None or change_from_draft(found[1]) is None:
        return redirect(url_for("requests.address_kind"))
    typed = from_fields(found[1]["address"], "")
    proposal = propose(typed)
    if proposal.suggested is None and request.method == "POST":
        return redirect(url_for("requests.address_check"))
    form = SuggestionForm()
    if form.validate_on_submit():
        if form.choice.data == "suggested" and proposal.suggested is not None:
            chosen = proposal.suggested.as_fields("")
            save_draft(db(), context().sealer, found[0], clock.now(), address=chosen)
        return redirect(url_for("requests.address_check"))
    return render_template(
        "requests/address_suggestion.html", form=form, typed=typed, proposal=proposal
    )


@blueprint.route("/requests/change-of-address/check", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def address_check() -> ResponseReturnValue:
    """Check your answers, and send."""
    person()
    if request.method == "POST":
        return _send(request.form.get("draft", ""))
    found = my_draft(KIND)
    change = change_from_draft(found[1]) if found else None
    if found is None or change is None:
        return redirect(url_for("requests.address_kind"))
    country = dict(countries()).get(change.address.country, change.address.country)
    return render_template(
        "requests/address_check.html",
        change=change,
        draft=found[0],
        country=None if change.address.is_us else country,
        label=ADDRESS_TYPES[AddressType(change.address_type)][0],
        held=is_marked(db(), person()),
    )


def _send(draft_id: str) -> ResponseReturnValue:
    services = context()
    try:
        sent = file_address_change(
            db(), services.sealer, services.agency, actor(), draft_id, clock.now()
        )
    except NotReadyToSend:
        return redirect(url_for("requests.address_kind"))
    except LookupError:
        abort(404)
    return redirect(url_for("requests.receipt", number=sent.number))
