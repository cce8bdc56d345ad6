"""Steps that wait a day, begun for tests; and a worker to be killed in the middle of them:

`python -m tests.accounts.waiting_steps INSTANCE NOW` ends every removal that is due, and is killed
with -9 when the second one is done but not committed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import portal.models  # noqa: F401  (names every table)
from portal.accounts import email_correction, factor_removal, lost_everything
from portal.accounts.match_person import RECOVERY_PIN
from portal.accounts.models import Account
from portal.accounts.recovery_models import FactorRemoval, Recovery, Waiting
from portal.accounts.waiting_step import WAIT, WaitingStep
from portal.context import Context, open_context
from portal.settings import load_settings
from tests.support.accounts import TestAccount, make_account
from tests.support.keys import TEST_KEY


@dataclass(frozen=True)
class Kind:
    """One kind of step, as the tests look at it."""

    step: WaitingStep[Any]
    begin: Callable[[Context, TestAccount], str]
    """Begin one for an account; returns the row's id."""
    done_mail: str
    """The template of the one mail to an account whose step was done."""


def begin_recovery(context: Context, account: TestAccount) -> str:
    """As `lost_everything.ask`, without the letter with the PIN."""
    now, key = context.now(), f"r-{account.id}"[:32]
    with context.database.transaction() as session:
        row = Recovery(id=key, account_id=account.id, asked_at=now, due_at=now + WAIT)
        row.pin = context.sealer.seal("222222", RECOVERY_PIN, key)
        session.add(row)
        session.flush()
        owner = session.get_one(Account, account.id)
        lost_everything.STEP.tell(session, context, row, owner, now)
    return key


def begin_removal(context: Context, account: TestAccount) -> str:
    """Two of the staff let it begin."""
    with context.database.transaction() as session:
        owner = session.get_one(Account, account.id)
        row = factor_removal.begin(
            session, context, owner, context.now(), asked_by="one", approved_by="another"
        )
        return row.id


def begin_correction(context: Context, account: TestAccount) -> str:
    """Two of the staff let it begin, and the new address is confirmed."""
    now, new = context.now(), f"new.{account.email}"
    with context.database.transaction() as session:
        owner = session.get_one(Account, account.id)
        row = email_correction.propose(session, context, owner, new, "notary", "one", now)
        assert email_correction.begin(session, context, row, owner, now, approved_by="another")
        row.confirmed_at = now
        return row.id


RECOVERY = Kind(lost_everything.STEP, begin_recovery, "lost_everything_link")
REMOVAL = Kind(factor_removal.STEP, begin_removal, "factors_removed")
CORRECTION = Kind(email_correction.STEP, begin_correction, "email_changed")
KINDS = {"recovery": RECOVERY, "removal": REMOVAL, "correction": CORRECTION}


def accounts(context: Context, count: int) -> list[TestAccount]:
    return [make_account(context, email=f"owner{number}@example.org") for number in range(count)]


def row_of(context: Context, kind: Kind, row_id: str) -> Waiting:
    with context.database.session() as session:
        row: Waiting = session.get_one(kind.step.rows, row_id)
        session.expunge(row)
        return row


def main(instance: str, now: str) -> None:
    settings = load_settings(
        {"PORTAL_MODE": "test", "PORTAL_SECRET_KEYS": TEST_KEY, "PORTAL_CLOCK": now},
        instance=Path(instance),
    )
    done: list[str] = []

    def do_and_die(*args: Any) -> None:
        factor_removal.STEP.do(*args)
        args[0].flush()
        done.append("")
        if len(done) == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    step: WaitingStep[FactorRemoval] = replace(factor_removal.STEP, do=do_and_die)
    step.do_due(open_context(settings), datetime.fromisoformat(now))


if __name__ == "__main__":
    main(*sys.argv[1:])
