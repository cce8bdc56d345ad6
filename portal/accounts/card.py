"""A printed card of one-time codes: made, proved to be in hand, used by number, removed.

The code to give is drawn when the one before it was given, and stays the same until it is: opening
the page again never asks for another one (63B 3.1.2).
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.card_models import Card, CardCode
from portal.accounts.compare_code import Kept, compare_code
from portal.accounts.models import Account
from portal.accounts.remove_factor import (
    NO_BROWSER,
    Removable,
    ThisBrowser,
    end_elsewhere,
)
from portal.audit.trail import record_event
from portal.context import Context
from portal.database import rows_changed
from portal.security import card_codes
from portal.security.passwords import code_hasher
from portal.web.edge import Edges

FEW_LEFT = 5
"""How many unused codes make us ask for a new card."""


@dataclass(frozen=True)
class Drawn:
    """The codes as they are printed, the first with the number 1, and their hashes."""

    codes: list[str] = field(repr=False)
    hashes: list[str] = field(repr=False)


def draw(context: Context) -> Drawn:
    """Twenty new codes. Slow, for each is hashed: done before the database is locked."""
    codes, hasher = card_codes.new_codes(), code_hasher(context.settings)
    return Drawn(codes, [hasher.hash(card_codes.normalise(code) or "") for code in codes])


def offer(session: Session, account: Account, drawn: Drawn, now: datetime) -> Card:
    """A card that is not in use yet; offers made before are dropped."""
    before = select(Card.id).where(Card.account_id == account.id, Card.confirmed_at.is_(None))
    _drop(session, list(session.scalars(before)))
    card = Card(
        id=uuid.uuid4().hex,
        account_id=account.id,
        created_at=now,
        asked=1 + secrets.randbelow(card_codes.COUNT),
    )
    session.add(card)
    session.flush()
    session.add_all(
        CardCode(card_id=card.id, position=position, code_hash=code_hash)
        for position, code_hash in enumerate(drawn.hashes, start=1)
    )
    session.flush()
    return card


def find_offer(session: Session, account: Account, card_id: str | None) -> Card | None:
    """The account's own offered card of that id, if it is still open."""
    card = session.get(Card, card_id) if card_id else None
    if card is None or card.account_id != account.id or card.confirmed_at is not None:
        return None
    return card


def confirm(
    edges: Edges,
    context: Context,
    account: Account,
    card_id: str,
    code: str,
    now: datetime,
    here: ThisBrowser = NO_BROWSER,
) -> bool:
    """Take an offered card into use when ``code`` is the one asked; the old card is void.

    Where it takes an old one's place every other session ends.

    The code counts as used (OTP-1). Wrong ones are counted as at signing in (OTP-3), and no lock is
    held while it is compared.
    """
    account_id = account.id
    came_to = compare_code(
        edges, context, card_codes.normalise(code) or "", now,
        subject=lambda _session: account_id,
        kept=lambda session: _asked_code(session, find_offer(session, account, card_id), now),
    )  # fmt: skip
    session = came_to.session
    card = find_offer(session, account, card_id) if session is not None else None
    if session is None or card is None or not came_to.is_right:
        return False
    if end_all(session, account, now):
        end_elsewhere(session, account, here, now)
    card.confirmed_at = now
    session.flush()
    session.expire(account, ["card"])
    mail.tell(session, context, "card_added", account, now)
    record_event(session, "account:card:added", now=now, actor_id=account.id,
                 subject=("account", account.id), detail={"card": card.id})  # fmt: skip
    return True


def in_use(session: Session, account_id: str, now: datetime) -> Kept:
    """The code that the account's card in use is asked for."""
    mine = select(Card).where(
        Card.account_id == account_id, Card.confirmed_at.is_not(None), Card.ended_at.is_(None)
    )
    return _asked_code(session, session.scalar(mine), now)


def _asked_code(session: Session, card: Card | None, now: datetime) -> Kept:
    asked = session.get(CardCode, (card.id, card.asked)) if card and card.asked else None
    if asked is None or asked.used_at is not None:
        return Kept()
    card_id, position = asked.card_id, asked.position
    return Kept(asked.code_hash, lambda session: spend(session, card_id, position, now))


def spend(session: Session, card_id: str, position: int, now: datetime) -> bool:
    """Use a code up and draw the next one to ask: true for one of all callers (OTP-1).

    False too where the card was ended, or dropped, since the code was compared.
    """
    card = session.get(Card, card_id, with_for_update=True, populate_existing=True)
    if card is None or card.ended_at is not None:
        return False
    unused = update(CardCode).where(
        CardCode.card_id == card_id, CardCode.position == position, CardCode.used_at.is_(None)
    )
    result = session.execute(unused.values(used_at=now))
    if rows_changed(result) != 1:
        return False
    left = list(session.scalars(_unused(card)))
    card.asked = secrets.choice(left) if left else None
    session.flush()
    return True


def codes_left(session: Session, card: Card) -> int:
    """How many codes of the card are unused."""
    return session.scalar(select(func.count()).select_from(_unused(card).subquery())) or 0


def warn_if_few(session: Session, context: Context, account: Account, now: datetime) -> None:
    """Tell by mail, once for a card, that it is nearly used up."""
    if account.card is not None and codes_left(session, account.card) == FEW_LEFT:
        mail.tell(session, context, "card_low", account, now)
        record_event(session, "account:card:low", now=now, actor_id=account.id,
                     subject=("account", account.id))  # fmt: skip


def sweep(session: Session, before: datetime) -> None:
    """Drop offered cards that nobody took into use; called by the worker now and then."""
    old = select(Card.id).where(Card.confirmed_at.is_(None), Card.created_at < before)
    _drop(session, list(session.scalars(old)))


def _unused(card: Card) -> Select[int]:
    return select(CardCode.position).where(CardCode.card_id == card.id, CardCode.used_at.is_(None))


def end_all(session: Session, account: Account, now: datetime) -> bool:
    """End the card in use; false where there is none. Tells nobody."""
    in_use = update(Card).where(
        Card.account_id == account.id, Card.confirmed_at.is_not(None), Card.ended_at.is_(None)
    )
    result = session.execute(in_use.values(ended_at=now))
    return rows_changed(result) > 0


CARD = Removable(
    "card",
    made_at=lambda account: account.card.confirmed_at if account.card is not None else None,
    is_spare=lambda account: account.has_factor_beside_card,
    end=end_all,
)


def _drop(session: Session, card_ids: list[str]) -> None:
    session.execute(delete(CardCode).where(CardCode.card_id.in_(card_ids)))
    session.execute(delete(Card).where(Card.id.in_(card_ids)))
