"""Keys are changed while parents go on, and nothing is left behind (KEY-3)."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from portal import create_app
from portal.accounts.find_account import PHONE, email_of, find_by_email
from portal.accounts.match_person import pin_is_spent, with_ssn
from portal.audit.verify import verify
from portal.context import Context, open_context
from portal.feeds.load import load
from portal.feeds.lock import one_at_a_time
from portal.keys import record as record_module
from portal.keys import reseal as reseal_module
from portal.keys.columns import SEALED
from portal.keys.commands import keys
from portal.keys.rotate import rotate
from portal.notices.letter_models import PDF, WORDS, PortalLetter
from portal.record.models import Participant
from portal.requests.evidence_store import EvidenceStore
from portal.requests.models import EvidenceFile
from portal.requests.sealed import BYTES
from portal.security import throttles
from portal.security.models import Throttle
from portal.security.sealing import Sealer
from tests.keys.installation import FILE, STRANGER, Installation, known_subjects, on_old_key, stock
from tests.support.accounts import newest_link, sign_in
from tests.support.keys import TEST_KEY
from tests.support.page import Page


def everything(context: Context) -> dict[str, Any]:
    """Every sealed value, opened, by column and row; raises where one does not open."""
    found: dict[str, Any] = {}
    with context.database.session() as session:
        for sealed in SEALED:
            table = sealed.table
            for row in session.execute(select(table)).mappings():
                for name, place in sealed.places.items():
                    if row[name] is not None:
                        key = str(row[sealed.bound_to])
                        opened = context.sealer.open(bytes(row[name]), place, key)
                        found[f"{table.name}.{name}.{key}"] = opened
        for person in session.scalars(select(Participant)):
            opened = context.sealer.open(
                person.private, "participants.private", person.participant_id
            )
            found[f"private.{person.participant_id}"] = json.loads(opened)
        store = EvidenceStore(context.settings.evidence_url)
        for file in session.scalars(select(EvidenceFile)):
            found[file.id] = context.sealer.open_bytes(store.read(file.stored_as), BYTES, file.id)
    return found


def counters(context: Context) -> Counter[str]:
    with context.database.session() as session:
        return Counter(
            subject.split(".")[0] for subject in session.scalars(select(Throttle.subject))
        )


def check_findable(context: Context, installation: Installation) -> None:
    """People and accounts are found by what is looked up."""
    parents = installation.parents
    with context.database.session() as session:
        for account in (parents.payor, parents.marked, parents.other):
            found = find_by_email(session, context.keyring, account.email.upper())
            assert found is not None
            assert found.id == account.id
            assert email_of(context.sealer, found) == account.email
        (person,) = with_ssn(session, context, "666200001")
        assert person.participant_id == "P"
        assert context.keyring.matches("pin", "P:314159", person.pin_lookup or "")
        assert not context.keyring.matches("pin", "P:314158", person.pin_lookup or "")
        assert not pin_is_spent(session, context, "P", "000000")


def test_all_of_it_moves_to_the_new_key(installation: Installation) -> None:
    """KEY-3: nothing is left on the old key but the counters of numbers that nobody knows."""
    before = everything(installation.old)
    assert set(on_old_key(installation.old)) >= {
        f"{sealed.table.name}.{name}"
        for sealed in SEALED
        for name in (*sealed.places, *sealed.lookups)
    }
    left = rotate(installation.both, installation.both.now())
    assert left.is_done, left
    assert left.counters == 2
    assert on_old_key(installation.new) == []
    assert everything(installation.new) == before
    check_findable(installation.new, installation)
    assert counters(installation.new) == {"t2": len(known_subjects(installation.parents)), "t1": 2}
    verify(installation.new, installation.new.now())


def test_a_letters_pdf_moves_too(installation: Installation) -> None:
    """KEY-3: what is sealed need not be text."""
    old, pdf = installation.old, b"%PDF-1.7\n\x80\x81\xfe not text"
    with old.database.transaction() as session:
        session.add(
            PortalLetter(
                id="real", kind="general", participant_id="P", language="en",
                dated_on=old.now().date(), written_by="w", at=old.now(), sha256="s",
                pdf=old.sealer.seal(pdf, PDF, "real"), words=old.sealer.seal("{}", WORDS, "real"),
            )
        )  # fmt: skip
    assert rotate(installation.both, installation.both.now()).is_done
    with installation.new.database.session() as session:
        kept = session.get_one(PortalLetter, "real").pdf
    assert installation.new.sealer.open_bytes(kept, PDF, "real") == pdf


def test_counters_of_who_is_known_go_on_counting(installation: Installation) -> None:
    """KEY-3, PWD-5, REG-3: changing keys gives nobody new tries."""
    rotate(installation.both, installation.both.now())
    new = installation.new
    with new.database.transaction() as session:
        for policy, subject in known_subjects(installation.parents):
            assert throttles.look(session, new.keyring, policy, subject, new.now()).row.count == 1
    both = installation.both
    with both.database.transaction() as session:
        gate = throttles.look(session, both.keyring, throttles.REGISTER_DAY, STRANGER, both.now())
        assert gate.row.count == 1, "found while the old key is there"


def test_a_second_time_changes_nothing(installation: Installation) -> None:
    rotate(installation.both, installation.both.now())
    with installation.both.database.session() as session:
        before = [session.execute(select(sealed.table)).all() for sealed in SEALED]
    assert rotate(installation.both, installation.both.now()).is_done
    with installation.both.database.session() as session:
        assert [session.execute(select(sealed.table)).all() for sealed in SEALED] == before


def test_in_small_batches(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reseal_module, "BATCH", 2)
    monkeypatch.setattr(record_module, "BATCH", 2)
    assert rotate(installation.both, installation.both.now()).is_done
    assert on_old_key(installation.new) == []


def test_with_the_new_key_alone_people_sign_in(on_sqlite: Installation) -> None:
    """KEY-3: password, code and case pages, with the old key gone."""
    rotate(on_sqlite.both, on_sqlite.both.now())
    page = Page(create_app(context=on_sqlite.new))
    sign_in(page, on_sqlite.parents.payor)
    assert page.get("/cases").status == 200
    assert on_sqlite.parents.payor.email in page.get("/account").words


def test_a_page_that_is_open_while_keys_change_can_be_sent(on_sqlite: Installation) -> None:
    """KEY-3: a form shown before the restart with the new key, and a mailed link from before."""
    account = on_sqlite.parents.payor
    page = Page(create_app(context=on_sqlite.old))
    page.get("/forgotten-password")
    page.submit("/forgotten-password", email=account.email)
    link = newest_link(on_sqlite.old, "reset_password")
    sign_in(page, on_sqlite.parents.marked)
    form = page.get("/account/phone")
    page.app = create_app(context=on_sqlite.both)
    page.client.application = page.app
    rotate(on_sqlite.both, on_sqlite.both.now())
    page.seen = form
    assert "555-0133" in page.submit("/account/phone", phone="617 555 0133", no_phone=None).words
    other = Page(page.app)
    assert other.get(link).h1 == "Answer your security question"


def test_a_load_afterwards_goes_on_from_the_record(on_sqlite: Installation, tmp_path: Any) -> None:
    """KEY-3, FED-1: the record that was sealed anew is one like any other."""
    rotate(on_sqlite.both, on_sqlite.both.now())
    builder = on_sqlite.parents.family.builder
    load(on_sqlite.new, builder.write(tmp_path / "next", sequence=2))
    check_findable(on_sqlite.new, on_sqlite)


def test_while_a_load_runs_it_is_refused_and_may_be_run_again(on_sqlite: Installation) -> None:
    from portal.feeds.errors import FeedRefused

    with one_at_a_time(on_sqlite.old.database), pytest.raises(FeedRefused):
        rotate(on_sqlite.both, on_sqlite.both.now())
    check_findable(on_sqlite.both, on_sqlite)
    assert rotate(on_sqlite.both, on_sqlite.both.now()).is_done


def test_what_does_not_open_is_told_and_left(on_sqlite: Installation) -> None:
    """KEY-3: the old key is not let go while something rests on it."""
    table = SEALED[0].table
    with on_sqlite.old.database.transaction() as session:
        session.execute(
            update(table)
            .where(table.c.id == on_sqlite.parents.other.id)
            .values(phone=on_sqlite.old.sealer.seal("x", "another.place", "row"))
        )
    left = rotate(on_sqlite.both, on_sqlite.both.now())
    assert left.rows == {"accounts": 1}
    assert not left.is_done


def test_five_threads_read_and_write_meanwhile(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KEY-3: no failed read, no lost write."""
    monkeypatch.setattr(reseal_module, "BATCH", 2)
    monkeypatch.setattr(record_module, "BATCH", 3)
    both = installation.both
    stop, errors, rounds = threading.Event(), [], Counter[int]()

    def client(number: int) -> None:
        store = EvidenceStore(both.settings.evidence_url)
        accounts = (installation.parents.payor, installation.parents.marked)
        while not stop.is_set():
            try:
                check_findable(both, installation)
                with both.database.session() as session:
                    for file in session.scalars(select(EvidenceFile).limit(3)):
                        kept = store.read(file.stored_as)
                        assert both.sealer.open_bytes(kept, BYTES, file.id) == FILE
                with both.database.transaction() as session:
                    found = find_by_email(session, both.keyring, accounts[number % 2].email)
                    assert found is not None
                    found.phone = both.sealer.seal(f"+1617555{number:04d}", PHONE, found.id)
                    gate = throttles.look(
                        session, both.keyring, throttles.CODE, installation.parents.payor.id,
                        both.now(),
                    )  # fmt: skip
                    gate.count(both.now())
                rounds[number] += 1
            except BaseException as error:
                errors.append(error)
                return

    threads = [threading.Thread(target=client, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2):
            left = rotate(both, both.now())
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    assert errors == []
    assert left.is_done, left
    assert on_old_key(installation.new) == []
    everything(installation.new)
    new = installation.new
    with new.database.transaction() as session:
        gate = throttles.look(
            session, new.keyring, throttles.CODE, installation.parents.payor.id, new.now()
        )
        assert gate.row.count == 1 + sum(rounds.values()), "every count was kept"


class Points:
    """The seals, commits and renamings of this process, counted; it dies at one of them."""

    def __init__(self, deadly: int | None) -> None:
        self.seen, self.deadly = 0, deadly
        seal, replace = Sealer.seal, os.replace

        def counted_seal(sealer: Sealer, *arguments: Any) -> bytes:
            self.count()
            return seal(sealer, *arguments)

        def counted_replace(*arguments: Any) -> None:
            self.count()
            replace(*arguments)
            self.count()

        Sealer.seal = counted_seal  # type: ignore[method-assign]
        os.replace = counted_replace  # type: ignore[assignment]
        event.listen(Session, "before_commit", lambda _session: self.count())
        event.listen(Session, "after_commit", lambda _session: self.count())

    def count(self) -> None:
        self.seen += 1
        if self.seen == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)


def rotate_in_a_process(context: Context, tally: Path, deadly: int | None = None) -> int:
    """Rotate in a forked process that kills itself at a point; its exit status."""
    context.database.engine.dispose()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            own = open_context(context.settings, context.read_clock)
            reseal_module.BATCH = 5
            points = Points(deadly)
            rotate(own, own.now())
            tally.write_text(str(points.seen))
            status = 0
        finally:
            os._exit(status)
    _, result = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(result)


def check_after_a_kill(installation: Installation, before: dict[str, Any]) -> None:
    assert everything(installation.both) == before
    check_findable(installation.both, installation)


def check_completed(installation: Installation, before: dict[str, Any]) -> None:
    assert rotate(installation.both, installation.both.now()).is_done
    assert on_old_key(installation.new) == []
    assert everything(installation.new) == before
    check_findable(installation.new, installation)
    verify(installation.new, installation.new.now())


@pytest.mark.slow
def test_killed_at_twenty_points_each_time_completed(
    on_sqlite: Installation, tmp_path: Path
) -> None:
    """KEY-3: kill -9 at twenty points from the first to the last; all stays readable throughout."""
    before = everything(on_sqlite.old)
    for context in (on_sqlite.old, on_sqlite.both, on_sqlite.new):
        context.database.engine.dispose()
    live, kept = on_sqlite.old.settings.instance, tmp_path / "kept"
    shutil.copytree(live, kept)
    tally = tmp_path / "tally"
    assert rotate_in_a_process(on_sqlite.both, tally) == 0
    last = int(tally.read_text())
    assert last > 60
    for number in range(20):
        for context in (on_sqlite.old, on_sqlite.both, on_sqlite.new):
            context.database.engine.dispose()
        shutil.rmtree(live)
        shutil.copytree(kept, live)
        point = 1 + number * (last - 1) // 19
        assert rotate_in_a_process(on_sqlite.both, tally, point) == -signal.SIGKILL
        check_after_a_kill(on_sqlite, before)
        check_completed(on_sqlite, before)
        assert len(list(live.glob("record_*"))) == 1


@pytest.mark.slow
@pytest.mark.postgresql
def test_killed_twenty_times_in_a_row_and_then_completed(
    postgresql_context: Context, tmp_path: Path
) -> None:
    """KEY-3: each run goes on where the one before was killed."""
    installation = stock(postgresql_context, tmp_path)
    before = everything(installation.old)
    chance = random.Random(3)
    for _ in range(20):
        point = chance.randint(1, 12)
        assert rotate_in_a_process(installation.both, tmp_path / "tally", point) == -signal.SIGKILL
        check_after_a_kill(installation, before)
    check_completed(installation, before)


def test_the_command_says_what_is_left(
    on_sqlite: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import base64

    context = on_sqlite.both
    encoded = base64.urlsafe_b64encode(context.settings.secret_keys[0][1]).decode()
    monkeypatch.setenv("PORTAL_MODE", "test")
    monkeypatch.setenv("PORTAL_SECRET_KEYS", f"t2:{encoded},{TEST_KEY}")
    monkeypatch.setenv("PORTAL_INSTANCE", str(context.settings.instance))
    monkeypatch.setenv("PORTAL_CLOCK", context.now().isoformat())
    done = CliRunner().invoke(keys, ["rotate"])
    assert done.exit_code == 0, done.output
    assert "2 counters" in done.output
    assert "Everything is on key t2. The older keys may go." in done.output
    with one_at_a_time(context.database):
        refused = CliRunner().invoke(keys, ["rotate"])
    assert refused.exit_code == 1
    assert "Another load is running" in refused.output
