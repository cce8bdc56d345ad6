"""The demo's people of the agency: each is one tap away, and has the one role the page says."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask

from portal import create_app
from portal.accounts.models import Account
from portal.context import Context
from portal.demo.people import Demo, read_demo, write_demo
from portal.demo.staff import make_staff
from tests.support.authenticator import code_at
from tests.support.page import Page


@pytest.fixture
def demo(context: Context) -> Demo:
    write_demo(context.settings.instance, Demo(0, 1, "2026-11-22", make_staff(context)))
    found = read_demo(context.settings.instance)
    assert found is not None
    return found


@pytest.fixture
def demo_app(context: Context, demo: Demo) -> Flask:
    settings = dataclasses.replace(context.settings, mode="demo")
    return create_app(context=dataclasses.replace(context, settings=settings))


def test_two_supervisors_two_caseworkers_an_auditor_an_operator(
    demo_app: Flask, demo: Demo
) -> None:
    """ACL-4: whatever takes two people can be tried."""
    roles = sorted(person.role for person in demo.people)
    assert roles == ["auditor", "caseworker", "caseworker", "operator", "supervisor", "supervisor"]
    seen = Page(demo_app).get("/demo/")
    for person in demo.people:
        assert person.name in seen.words
        assert person.password in seen.words


def test_one_tap_signs_each_of_them_in(demo_app: Flask, demo: Demo, context: Context) -> None:
    for person in demo.people:
        page = Page(demo_app)
        page.get("/demo/")
        assert page.submit(f"/demo/sign-in/{person.key}").status == 200
        assert page.get("/account").h1 == "Account"
        with context.database.session() as session:
            account = session.get_one(Account, person.account_id)
            assert [role.value for role in account.roles] == [person.role]


def test_they_sign_in_by_hand_too(demo_app: Flask, demo: Demo, context: Context) -> None:
    person, page = demo.people[0], Page(demo_app)
    page.get("/sign-in")
    page.submit("/sign-in", email=person.email, password=person.password)
    page.submit("/sign-in/code", code=code_at(person.totp_secret, context.now().timestamp()))
    assert page.get("/account").h1 == "Account"
