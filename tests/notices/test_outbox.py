"""Queueing: in the caller's transaction, sealed, once a key."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, text

from portal.context import Context
from portal.notices.models import OutboxItem
from portal.notices.outbox import enqueue
from portal.notices.registry import UnknownTemplate, template
from tests.notices.greeting import queue


def count(context: Context) -> int:
    with context.database.session() as session:
        return session.scalar(select(func.count()).select_from(OutboxItem)) or 0


def test_a_mail_of_a_transaction_that_fails_was_never_queued(context: Context) -> None:
    """CRS-2: no mail about something that did not happen."""

    def change_and_fail() -> None:
        with context.database.transaction() as session:
            enqueue(
                session,
                context.sealer,
                "greeting",
                recipient_email="ana@example.org",
                language="en",
                ids={},
                now=context.now(),
            )
            assert session.scalar(select(func.count()).select_from(OutboxItem)) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert count(context) == 0


def test_the_database_does_not_hold_the_address_in_plain(context: Context) -> None:
    """KEY-2: neither the file nor the write-ahead log shows to whom a mail goes."""
    queue(context, to="canary-7391@example.org")
    with context.database.session() as session:
        rows = session.execute(text("SELECT * FROM outbox")).all()
    assert len(rows) == 1
    for file in context.database.folder.glob("portal.db*"):
        assert b"canary-7391" not in file.read_bytes()


def test_a_key_queues_one_mail_however_often_and_from_how_many_at_once(context: Context) -> None:
    """CON-1: retries and double clicks are one mail."""
    found: list[str] = []
    start = threading.Barrier(6)

    def try_it() -> None:
        start.wait()
        with context.database.transaction() as session:
            item = enqueue(
                session,
                context.sealer,
                "greeting",
                recipient_email="ana@example.org",
                language="en",
                ids={},
                now=context.now(),
                dedupe_key="request:1:receipt",
            )
            found.append(item.id)

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    assert count(context) == 1


def test_a_template_nobody_registered_is_refused_at_once(context: Context) -> None:
    with (
        pytest.raises(UnknownTemplate, match="no_such_notice"),
        context.database.transaction() as session,
    ):
        enqueue(
            session,
            context.sealer,
            "no_such_notice",
            recipient_email="ana@example.org",
            language="en",
            ids={},
            now=context.now(),
        )


@pytest.mark.parametrize("name", ["greeting", "Bad Name", "../etc", ""])
def test_names_are_free_and_plain(name: str) -> None:
    with pytest.raises(ValueError, match="free name"):
        template(name)
