"""Settings: environment over file over default; unsafe ones refused (KEY-1)."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.settings import PROJECT, SettingsError, load_settings
from tests.support.keys import TEST_KEY

KEY = "k1:" + base64.urlsafe_b64encode(os.urandom(32)).decode()
SAFE = {
    "PORTAL_SECRET_KEYS": KEY,
    "PORTAL_BASE_URL": "https://portal.example",
    "PORTAL_MAIL_URL": "smtp://mail.example:587?starttls=1",
}


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "portal.toml").write_text('agency = "a"\nidle_minutes = 10\n')
    settings = load_settings(SAFE | {"PORTAL_AGENCY": "b"}, instance=tmp_path)
    assert (settings.agency, settings.idle_minutes, settings.session_hours) == ("b", 10, 12)
    assert settings.database_url == f"sqlite:///{tmp_path}/portal.db"


def test_settings_are_frozen_and_do_not_show_keys(tmp_path: Path) -> None:
    settings = load_settings(SAFE, instance=tmp_path)
    with pytest.raises(AttributeError):
        settings.mode = "demo"  # type: ignore[misc]
    assert "secret_keys" not in repr(settings)


@pytest.mark.parametrize(
    "change",
    [
        {"PORTAL_SECRET_KEYS": ""},
        {"PORTAL_SECRET_KEYS": "k1:c2hvcnQ="},
        {"PORTAL_SECRET_KEYS": "k1:" + base64.urlsafe_b64encode(b"\0" * 32).decode()},
        {"PORTAL_SECRET_KEYS": f"{KEY},{KEY}"},
        {"PORTAL_SECRET_KEYS": TEST_KEY},
        {"PORTAL_LINK_MINUTES": "1441"},
        {"PORTAL_REAUTHENTICATION_MINUTES": "6"},
        {"PORTAL_BASE_URL": "http://portal.example"},
        {"PORTAL_BASE_URL": "portal"},
        {"PORTAL_CLOCK": "2026-11-22T10:00:00-05:00"},
        {"PORTAL_MODE": "debug"},
        {"PORTAL_MAIL_URL": "folder:/tmp/mail"},
        {"PORTAL_MAIL_URL": "smtp://mail.example"},
        {"PORTAL_MAIL_URL": "smtp://mail.example?starttls=0"},
        {"PORTAL_MAIL_URL": "smtp://localhost.mail.example"},
        {"PORTAL_OPERATOR_NETWORKS": "here"},
        {"PORTAL_OPERATOR_NETWORKS": "10.0.0.1/8"},
        {"PORTAL_TEXT_URL": "folder:/tmp/mail"},
        {"PORTAL_TEXT_URL": "http://gateway.example"},
        {"PORTAL_TEXT_URL": "gateway"},
        {"PORTAL_ARGON2_TIME": "1"},
        {"PORTAL_IDLE_MINUTES": "many"},
        {"PORTAL_SESSION_HOURS": "48"},
        {"PORTAL_FEED_KEY": "AAAA"},
        {"PORTAL_SPELLING": "x"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_production_refuses_what_is_unsafe(tmp_path: Path, change: dict[str, str]) -> None:
    """KEY-1"""
    with pytest.raises(SettingsError) as refused:
        load_settings(SAFE | change, instance=tmp_path)
    assert next(iter(change)).split("_")[1] in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "change",
    [
        {"PORTAL_MAIL_URL": "smtps://mail.example"},
        {"PORTAL_MAIL_URL": "smtp://127.0.0.1:25"},
        {"PORTAL_MAIL_URL": "smtp://[::1]"},
        {"PORTAL_MAIL_URL": "smtp://localhost"},
        {"PORTAL_MAIL_URL": "smtp://mail.example", "PORTAL_MAIL_WITHOUT_TLS": "1"},
    ],
    ids=lambda change: str(change["PORTAL_MAIL_URL"]),
)
def test_mail_goes_out_encrypted_or_stays_on_the_machine(
    tmp_path: Path, change: dict[str, str]
) -> None:
    """KEY-1: sending in the clear wants a word of its own."""
    assert load_settings(SAFE | change, instance=tmp_path).mail_url == change["PORTAL_MAIL_URL"]


def test_a_command_with_a_bad_setting_ends_with_one_line(tmp_path: Path) -> None:
    """KEY-1: exit status other than zero, one line on stderr."""
    environ = {
        "PATH": os.environ["PATH"],
        "PORTAL_INSTANCE": str(tmp_path),
        "PORTAL_SECRET_KEYS": "x",
    }
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", "db", "upgrade"],
        env=environ,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1
    assert "PORTAL_SECRET_KEYS" in done.stderr
