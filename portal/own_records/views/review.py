"""From the differences into a review that has them filled in."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.cases.page import case_for
from portal.own_records import begin_review as service
from portal.own_records.choices import Chosen, with_tokens
from portal.own_records.views.blueprint import UPLOADS, blueprint
from portal.own_records.views.index import LogPage, letters_of, log_page, show
from portal.requests.add_evidence import EvidenceNotStored
from portal.requests.begin_dispute import AnotherBegun
from portal.requests.evidence_store import EvidenceStore
from portal.requests.file_review import LetterAnswered
from portal.requests.review_letters import AnswerableLetter, answered_letters
from portal.requests.views.blueprint import actor, my_views
from portal.requests.views.dispute import letter_choices
from portal.requests.views.taking_files import uploader
from portal.web import begin_writing, clock, context, db, reads_first
from portal.web.access import signed_in
from portal.web.limits import limiter

log = structlog.get_logger()


@blueprint.post("/cases/<case>/own-records/review")
@limiter.limit(UPLOADS, key_func=uploader)
@signed_in
@reads_first
def review(case: str) -> ResponseReturnValue:
    """Begin a review of what was ticked, and go on where it can be looked at and changed."""
    page = log_page(case_for(case))
    form = page.form
    if not form.validate_on_submit():
        return show(page)
    chosen = with_tokens(page.chosen, form.which.data or [])
    try:
        if page.view.is_payor:
            _begin_with_payments(page, chosen)
            return redirect(url_for("requests.review_payments"))
        _begin_with_disputes(page, chosen)
        return redirect(url_for("requests.review_grounds"))
    except LetterAnswered:
        form.letter.choices = letter_choices(letters_of(page.view))
        form.letter.errors = [_("You have answered this notice already. Choose again")]
    except AnotherBegun:
        form.letter.errors = [_("Send or drop the review that you have begun first")]
    except service.TooManyPayments:
        form.which.errors = [_("That is more than one review holds. Choose fewer")]
    except (OSError, EvidenceNotStored):
        log.exception("receipts_not_copied")
        form.which.errors = [_("We could not copy your receipts just now. Try again later")]
    return show(page)


def _begin_with_payments(page: LogPage, chosen: Sequence[Chosen]) -> None:
    services, now = context(), clock.now()
    entries = [it.entry for it in chosen if it.entry is not None]
    store = EvidenceStore(services.settings.evidence_url)
    copies = service.copy_receipts(db(), services.sealer, store, actor(), entries)
    begin_writing()
    try:
        letter = _letter_now(page)
        draft = service.begin_with_payments(
            db(), services.sealer, actor(), my_views(), page.view, entries, letter, now
        )
    except (LetterAnswered, AnotherBegun, service.TooManyPayments):
        for stored in copies.files:
            store.delete(stored.stored_as)
        raise
    left_out = service.add_copies(
        db(), services.sealer, store, draft, copies, now,
        is_scanned=bool(services.settings.scanner_url),
    )  # fmt: skip
    if left_out:
        flash(
            ngettext(
                "%(num)s receipt did not fit into the review. You can still choose others to take"
                " out.",
                "%(num)s receipts did not fit into the review. You can still choose others to"
                " take out.",
                left_out,
            ),
            "warning",
        )


def _begin_with_disputes(page: LogPage, chosen: Sequence[Chosen]) -> None:
    begin_writing()
    disputes = [it.dispute for it in chosen if it.dispute is not None]
    service.begin_with_disputes(
        db(), context().sealer, actor(), my_views(), page.view, disputes, _letter_now(page),
        clock.now(),
    )  # fmt: skip


def _letter_now(page: LogPage) -> AnswerableLetter | None:
    """The letter that was chosen, read again now that nobody else writes; None for none.

    Raises `LetterAnswered` where another window answered it while receipts were copied.
    """
    seen = page.letters.get(page.form.letter.data)
    if seen is None:
        return None
    number = answered_letters(db(), actor().id).get(seen.dated_on)
    if number is not None:
        raise LetterAnswered(number)
    return letters_of(page.view).get(page.form.letter.data)
