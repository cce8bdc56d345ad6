"""How long the portal takes for what somebody has and for what nobody has (ENU-2).

    python -m tests.bench.bench_alike [PAIRS]        (default: 200)

Each pair is one request for a known and one for an unknown address (or number), in random order,
with the password hash of production. Every request is about another address, as an attacker who
tries a list would make them. Printed are the medians in milliseconds and their ratio; the goal is
a ratio within 5 %.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from datetime import date

from tests.bench.served import Served, Took, median, served
from tests.support.accounts import PASSWORD, add_person

PAIRS = 200
GOAL = 0.05
Ask = Callable[[Served, int, bool], Took]


def address(number: int, known: bool) -> str:
    """Addresses of one length."""
    return f"{'known' if known else 'other'}{number:05d}@example.org"


def ssn(number: int, known: bool) -> str:
    return f"{'666' if known else '667'}{number + 10_000:06d}"


def signing_in(portal: Served, number: int, known: bool) -> Took:
    return portal.timed("/sign-in", {"email": address(number, known), "password": "wrong 12345"})


def forgotten(portal: Served, number: int, known: bool) -> Took:
    return portal.timed("/forgotten-password", {"email": address(number, known)})


def who(portal: Served, number: int, known: bool) -> Took:
    """Nobody's number, against somebody's with a wrong PIN."""
    facts = {"ssn": ssn(number, known), "pin": "999999", "birth_date": "04/12/1986"}
    took = portal.timed("/register", facts)
    assert not portal.went_on
    return took


def new_pin(portal: Served, number: int, known: bool) -> Took:
    facts = {"ssn": ssn(number, known), "birth_date": "04/12/1986"}
    return portal.timed("/new-pin", facts)


def last_step(portal: Served, number: int, known: bool) -> Took:
    """A person who matched gives an address that has an account, against one that has none."""
    facts = {"ssn": ssn(2 * number + known, True), "pin": "111111", "birth_date": "04/12/1986"}
    portal.timed("/register", facts)
    assert portal.went_on
    contact = {"email": address(number, known), "phone": "617 555 0123"}
    portal.timed("/register/contact", contact, fresh=False)
    portal.timed("/register/password", {"password": PASSWORD}, fresh=False)
    hint = {"question": "first_job", "answer": "Paper route"}
    return portal.timed("/register/hint", hint, fresh=False)


ASKED: dict[str, Ask] = {
    "sign-in": signing_in,
    "forgotten password": forgotten,
    "registering: who you are": who,
    "registering: the address": last_step,
    "a new PIN": new_pin,
}


def main(pairs: int) -> None:
    chance = random.Random(1)
    with served() as portal:
        for number in range(2 * pairs):
            add_person(portal.context, f"P{number}", ssn=ssn(number, True), pin="111111",
                       born=date(1986, 4, 12), case=f"C{number}")  # fmt: skip
        for number in range(pairs):
            portal.account(number, address(number, True))
        print(f"{pairs} pairs, medians in milliseconds")
        for name, ask in ASKED.items():
            took: dict[bool, list[Took]] = {True: [], False: []}
            for number in range(pairs):
                for is_known in chance.sample((True, False), 2):
                    took[is_known].append(ask(portal, number, is_known))
            known, unknown = median(took[True]), median(took[False])
            ratio, ratio_cpu = known.clock / unknown.clock, known.processor / unknown.processor
            verdict = "" if abs(ratio - 1) <= GOAL else "   over the goal"
            print(f"  {name:26} known {known.clock:7.2f}  unknown {unknown.clock:7.2f}"
                  f"  ratio {ratio:.3f}   (processor {ratio_cpu:.3f}){verdict}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS)
