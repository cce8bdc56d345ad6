"""Sending: once, after the commit, again with growing waits, given up where it shows (CRS-2, CRS-3)."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.context import Context
from portal.notices import delivery
from portal.notices import smtp as smtp_module
from portal.notices.delivery import LEASE, WAITS, Result, send_next
from portal.notices.mail import open_mailer
from portal.notices.models import OutboxItem
from portal.notices.worker import forget_sent, outbox_state, run_once
from tests.notices.greeting import item, queue
from tests.support.clock import Clock
from tests.support.smtp import MailServer, mail_server

Sending = Callable[..., Context]


def test_each_mail_goes_out_once_with_its_own_message_id(
    smtp: MailServer, sending: Sending
) -> None:
    """CRS-2: the Message-ID is made of the outbox row's id."""
    context = sending(mail_url=smtp.url, mail_from="Portal <no-reply@agency.example>")
    ids = [queue(context) for _ in range(5)]
    assert run_once(context, context.now()) == 5
    assert run_once(context, context.now()) == 0
    assert sorted(smtp.message_ids) == sorted(f"<{one}@agency.example>" for one in ids)
    assert all(item(context, one).sent_at == context.now() for one in ids)


def test_a_failing_server_is_tried_again_after_growing_waits(
    smtp: MailServer, sending: Sending, clock: Clock
) -> None:
    """CRS-3: recovery by itself, and exactly one mail in the end."""
    context = sending(mail_url=smtp.url)
    smtp.behave = lambda number: "451" if number <= 4 else "accept"
    queued = queue(context)
    for wait in WAITS[:4]:
        assert run_once(context, context.now()) == 0
        assert item(context, queued).next_try_at == context.now() + wait
        clock.forward(seconds=wait.total_seconds() - 1)
        assert run_once(context, context.now()) == 0
        clock.forward(seconds=1)
    assert run_once(context, context.now()) == 1
    assert len(smtp.received) == 1
    assert item(context, queued).tries == 5
    assert list(WAITS) == sorted(WAITS)


def test_what_cannot_be_sent_for_days_is_given_up_and_shows(
    smtp: MailServer, sending: Sending, clock: Clock
) -> None:
    context = sending(mail_url=smtp.url, mail_give_up_days=7)
    smtp.behave = lambda number: "554"
    queued = queue(context)
    began = context.now()
    for _ in range(20):
        run_once(context, context.now())
        due = item(context, queued).next_try_at
        if due is None:
            break
        clock.set(due)
    given_up = item(context, queued)
    assert given_up.failed_at is not None
    assert given_up.sent_at is None
    assert given_up.reason == "message_refused_554"
    assert timedelta(days=6) <= given_up.failed_at - began <= timedelta(days=7)
    with context.database.session() as session:
        state = outbox_state(session, context.now())
    assert (state.waiting, state.given_up) == (0, 1)


def test_how_long_the_oldest_mail_waits_can_be_asked(context: Context, clock: Clock) -> None:
    queue(context)
    clock.forward(minutes=10)
    queue(context)
    with context.database.session() as session:
        state = outbox_state(session, context.now())
    assert (state.waiting, state.oldest_seconds, state.given_up) == (2, 600, 0)


def test_a_server_that_is_not_there_ends_the_round(sending: Sending) -> None:
    """One try tells that nothing goes out: the others keep their tries."""
    with mail_server() as gone:
        url = gone.url
    context = sending(mail_url=url)
    ids = [queue(context) for _ in range(3)]
    assert run_once(context, context.now()) == 0
    assert sorted(item(context, one).tries for one in ids) == [0, 0, 1]
    assert {item(context, one).reason for one in ids} == {None, "server_unreachable"}


def test_a_server_that_stalls_is_left_and_the_mail_kept(
    smtp: MailServer, sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CRS-2: an SMTP stall loses nothing and doubles nothing."""
    monkeypatch.setattr(smtp_module, "ANSWER_SECONDS", 0.5)
    context = sending(mail_url=smtp.url)
    smtp.behave = lambda number: "stall"
    queued = queue(context)
    assert run_once(context, context.now()) == 0
    assert item(context, queued).reason == "server_timed_out"
    monkeypatch.undo()
    smtp.behave = lambda number: "accept"
    assert run_once(context, context.now() + WAITS[0]) == 1
    assert len(smtp.received) == 1


def test_a_server_that_drips_is_cut_off_before_the_lease_ends(
    smtp: MailServer, sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer may be late each time by less than the limit, yet all of it may not take longer
    than the lease: else a second worker would begin."""
    assert timedelta(seconds=smtp_module.SENDING_SECONDS + smtp_module.ANSWER_SECONDS) < LEASE
    monkeypatch.setattr(smtp_module, "SENDING_SECONDS", 3)
    context = sending(mail_url=smtp.url)
    smtp.behave = lambda number: "stall"
    queued = queue(context)
    assert run_once(context, context.now()) == 0
    assert item(context, queued).reason == "server_hung_up"


@pytest.mark.parametrize("farewell", ["500", "stall"])
def test_a_mail_that_was_taken_is_sent_however_the_farewell_goes(
    farewell: str, smtp: MailServer, sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp_module, "ANSWER_SECONDS", 3)
    context = sending(mail_url=smtp.url)
    smtp.at_quit = farewell
    queued = queue(context)
    assert run_once(context, context.now()) == 1
    assert item(context, queued).sent_at is not None


def test_a_refused_recipient_is_told_by_a_code_only(smtp: MailServer, sending: Sending) -> None:
    """LOG-1: the server's words would hold the address."""
    context = sending(mail_url=smtp.url)
    smtp.at_recipient = lambda address: f"550 <{address}> unknown"
    queued = queue(context, to="canary-5521@example.org")
    assert run_once(context, context.now()) == 0
    assert item(context, queued).reason == "recipient_refused_550"


def test_a_mail_that_is_void_by_now_is_dropped(smtp: MailServer, sending: Sending) -> None:
    """LNK-3: a link that a newer one replaced does not go out late."""
    context = sending(mail_url=smtp.url)
    queued = queue(context, void="1")
    assert run_once(context, context.now()) == 0
    assert not smtp.received
    assert item(context, queued).reason == "no_longer_due"
    assert item(context, queued).next_try_at is None
    with context.database.session() as session:
        assert outbox_state(session, context.now()).given_up == 0


def test_a_moved_recipient_does_not_open_and_does_not_stop_the_others(
    smtp: MailServer, sending: Sending, context: Context
) -> None:
    """KEY-2: the address is bound to its row."""
    context = sending(mail_url=smtp.url)
    first, second = queue(context, to="ana@example.org"), queue(context, to="ben@example.org")
    stolen = item(context, second).recipient
    with context.database.transaction() as session:
        session.get_one(OutboxItem, first).recipient = stolen
    assert run_once(context, context.now()) == 1
    assert item(context, first).reason == "not_composed_SealBroken"
    assert smtp.recipients == [["ben@example.org"]]


def test_two_workers_never_have_the_same_mail(smtp: MailServer, sending: Sending) -> None:
    """CRS-2: claims are conditional; 40 mails, 4 workers at once, 40 arrive."""
    context = sending(mail_url=smtp.url)
    ids = [queue(context) for _ in range(40)]
    threads = [threading.Thread(target=run_once, args=(context, context.now())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(smtp.received) == 40
    assert len(set(smtp.message_ids)) == 40
    assert all(item(context, one).tries == 1 for one in ids)


def test_a_dead_workers_mail_is_free_when_its_lease_ends(
    smtp: MailServer, sending: Sending, clock: Clock
) -> None:
    context = sending(mail_url=smtp.url)
    queued = queue(context)
    assert delivery._take(context, "worker-that-dies", context.now()) is not None
    mailer = open_mailer(context.settings.mail_url)
    clock.forward(seconds=LEASE.total_seconds() - 1)
    assert send_next(context, mailer, "other", context.now()) is None
    clock.forward(seconds=1)
    assert send_next(context, mailer, "other", context.now()) is Result.SENT
    assert smtp.message_ids == [f"<{queued}@localhost>"]


def test_old_mails_and_their_recipients_are_forgotten(
    smtp: MailServer, sending: Sending, clock: Clock
) -> None:
    context = sending(mail_url=smtp.url)
    queue(context)
    run_once(context, context.now())
    smtp.behave = lambda number: "451"
    waiting = queue(context)
    clock.forward(days=91)
    forget_sent(context, context.now())
    with context.database.session() as session:
        assert outbox_state(session, context.now()).waiting == 1
    assert item(context, waiting)


@pytest.mark.postgresql
def test_on_postgresql_too_no_two_workers_have_the_same_mail(
    smtp: MailServer, postgresql_context: Context
) -> None:
    """CRS-2: claims are conditional updates; 40 mails, 4 workers at once, 40 arrive."""
    context = postgresql_context
    settings = dataclasses.replace(context.settings, mail_url=smtp.url)
    context = dataclasses.replace(context, settings=settings)
    ids = [queue(context) for _ in range(40)]
    threads = [threading.Thread(target=run_once, args=(context, context.now())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(smtp.message_ids) == sorted(f"<{one}@localhost>" for one in ids)
    assert all(item(context, one).tries == 1 for one in ids)
