"""What we sent to a person: letters of this site, mails, and codes by text message."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts.contact import shown_phone
from portal.notices.letter_models import PortalLetter
from portal.notices.models import RECIPIENT, OutboxItem
from portal.notices.portal_letters import OwnLetter, letters_to
from portal.notices.registry import is_text
from portal.notices.rendering import subject_of
from portal.security.models import TextCode
from portal.security.text_codes import PHONE
from portal.web.holdings import Asked, Chapters, Why, Word, holds


@holds(
    "letters",
    place=110,
    title=_l("Letters in your account"),
    labels={
        "dated_on": _l("Dated"),
        "title": _l("Title"),
        "case": _l("Case"),
        "respond_by": _l("Last day to answer, or to go to court"),
        "sent_at": _l("Put into your account"),
        "read_at": _l("First opened"),
        "language": _l("Language"),
        "sha256": _l("SHA-256 of the PDF"),
        "text": _l("Text"),
        "table": _l("Table"),
        "your_rights": _l("Your rights"),
    },
    told={"portal_letters": "case_id dated_on respond_by at language sha256 words",
          "letter_reads": "at"},
    kept_back=[
        (Why.INSIDE, {"portal_letters": "id participant_id submission_id",
                      "letter_reads": "letter_id"}),
        (Why.OTHERS, {"portal_letters": "written_by"}),
        (Why.FILE, {"portal_letters": "pdf"}),
        (Why.ELSEWHERE, {"portal_letters": "kind figures"}),
    ],
)  # fmt: skip
def _letters(asked: Asked) -> Chapters:
    if asked.participant_id is None:
        return Chapters()
    found = letters_to(asked.session, asked.context.sealer, asked.participant_id)
    mine = PortalLetter.participant_id == asked.participant_id
    chosen = select(PortalLetter.id, PortalLetter.sha256).where(mine)
    sums: dict[str, str] = {row.id: row.sha256 for row in asked.session.execute(chosen)}
    return Chapters(_letter(it, sums[it.id]) for it in reversed(found))


def _letter(letter: OwnLetter, sha256: str) -> dict[str, Any]:
    says = letter.says
    table = says.get("table")
    return {
        "dated_on": letter.dated_on,
        "title": letter.title,
        "case": letter.case_id,
        "respond_by": letter.respond_by,
        "sent_at": letter.at,
        "read_at": letter.read_at,
        "language": letter.language,
        "sha256": sha256,
        "text": ["\n".join(lines) for lines in says.get("paragraphs", [])],
        "table": [" · ".join(row) for row in (table["head"], *table["rows"])] if table else [],
        "your_rights": ["\n".join(lines) for lines in says.get("rights", [])],
    }


@holds(
    "mails",
    place=160,
    title=_l("Mails we sent you"),
    labels={
        "about": _l("What about"),
        "to": _l("To"),
        "language": _l("Language"),
        "made_at": _l("Written"),
        "sent_at": _l("Sent"),
        "failed_at": _l("Given up"),
    },
    told={"outbox": "template language recipient created_at sent_at failed_at"},
    kept_back=[
        (Why.INSIDE, {"outbox": "id ids dedupe_key owner_id next_try_at tries leased_until "
                      "leased_by reason"}),
    ],
)  # fmt: skip
def _mails(asked: Asked) -> list[dict[str, Any]]:
    mine = select(OutboxItem).where(OutboxItem.owner_id == asked.account_id)
    in_order = mine.order_by(OutboxItem.created_at, OutboxItem.id)
    return [
        {
            "made_at": item.created_at,
            "about": Word(item.template, subject_of(asked.context, item.template)),
            "to": asked.context.sealer.open(item.recipient, RECIPIENT, item.id),
            "language": item.language,
            "sent_at": item.sent_at,
            "failed_at": item.failed_at,
        }
        for item in asked.session.scalars(in_order)
        if not is_text(item.template)
    ]


@holds(
    "texts",
    place=170,
    title=_l("Codes we sent you by text message"),
    labels={"sent_at": _l("Made"), "phone": _l("To"), "ended_at": _l("Used, or replaced")},
    told={"text_codes": "phone created_at ended_at"},
    kept_back=[
        (Why.PROOF, {"text_codes": "key_id"}),
        (Why.INSIDE, {"text_codes": "id account_id purpose"}),
    ],
)
def _texts(asked: Asked) -> list[dict[str, Any]]:
    """The phones, never the codes."""
    mine = select(TextCode).where(TextCode.account_id == asked.account_id)
    sealer = asked.context.sealer
    return [
        {
            "sent_at": row.created_at,
            "phone": shown_phone(sealer.open(row.phone, PHONE, row.id)),
            "ended_at": row.ended_at,
        }
        for row in asked.session.scalars(mine.order_by(TextCode.created_at, TextCode.id))
    ]
