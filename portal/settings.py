"""Settings: read once at start, frozen, refused when they would be unsafe in production.

Every setting is a field of :class:`Settings`. Its value comes from the environment variable
``PORTAL_<NAME>``, else from ``portal.toml`` in the instance folder, else from the default here.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import ipaddress
import itertools
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PROJECT = Path(__file__).resolve().parent.parent
MODES = ("production", "demo", "test")
KEY_BYTES = 32
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingsError(Exception):
    """A setting is missing, unreadable or unsafe. The message names it and the remedy."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """What an installation can choose. Durations are in the unit that the name says."""

    mode: str = "production"
    instance: Path = PROJECT / "instance"
    database_url: str = ""
    secret_keys: tuple[tuple[str, bytes], ...] = dataclasses.field(default=(), repr=False)
    feed_key: bytes | None = None
    audit_anchor: str = ""
    base_url: str = "http://localhost:8000"
    mail_url: str = ""
    mail_from: str = "no-reply@localhost"
    mail_reply_to: str = ""
    mail_give_up_days: int = 7
    mail_without_tls: bool = False
    text_url: str = ""
    evidence_url: str = ""
    throttle_url: str = "memory://"
    scanner_url: str = ""
    agency: str = "massachusetts"
    clock: datetime | None = None
    idle_minutes: int = 15
    session_hours: int = 12
    reauthentication_minutes: int = 5
    link_minutes: int = 60
    argon2_memory_kib: int = 19456
    argon2_time: int = 9
    argon2_parallelism: int = 1
    trusted_proxies: int = 0
    operator_networks: tuple[Network, ...] = ()
    address_limits: bool = True

    @property
    def is_production(self) -> bool:
        return self.mode == "production"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def link_life(self) -> timedelta:
        return timedelta(minutes=self.link_minutes)

    @property
    def reauthentication(self) -> timedelta:
        return timedelta(minutes=self.reauthentication_minutes)

    @property
    def overall(self) -> timedelta:
        return timedelta(hours=self.session_hours)


def load_settings(environ: Mapping[str, str], **overrides: Any) -> Settings:
    """Read settings from ``environ`` over ``<instance>/portal.toml``.

    :param overrides: values that win over both, in their final type (for commands and tests).
    :raises SettingsError: naming the setting, when one is unreadable or unsafe.
    """
    instance = Path(
        overrides.get("instance") or environ.get("PORTAL_INSTANCE") or PROJECT / "instance"
    )
    raw: dict[str, object] = {**_read_toml(instance / "portal.toml"), **_read_environ(environ)}
    values: dict[str, Any] = {name: _parse(name, value) for name, value in raw.items()}
    values.update(overrides)
    values["instance"] = instance.resolve()
    values.setdefault("database_url", f"sqlite:///{values['instance']}/portal.db")
    values.setdefault("mail_url", f"folder:{values['instance']}/mail")
    if values.get("mode") == "demo" and values["mail_url"].startswith("folder:"):
        values.setdefault("text_url", values["mail_url"])  # the demo's mailbox shows both
    values.setdefault("audit_anchor", f"{values['instance']}/audit.anchor")
    values.setdefault("evidence_url", f"file://{values['instance']}/evidence")
    settings = Settings(**values)
    _check(settings)
    return settings


def _names() -> dict[str, dataclasses.Field[Any]]:
    return {field.name: field for field in dataclasses.fields(Settings)}


def _read_environ(environ: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for variable, value in environ.items():
        if not variable.startswith("PORTAL_") or variable.startswith("PORTAL_TEST_"):
            continue
        name = variable.removeprefix("PORTAL_").lower()
        if name not in _names():
            raise SettingsError(f"{variable} is not a setting of the portal.")
        if value != "":
            found[name] = value
    return found


def _read_toml(path: Path) -> dict[str, object]:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    for name in found:
        if name not in _names():
            raise SettingsError(f"{path}: '{name}' is not a setting of the portal.")
    return found


def _parse(name: str, value: object) -> object:
    variable = f"PORTAL_{name.upper()}"
    kind = _names()[name].type
    text = str(value)
    try:
        if name == "secret_keys":
            return parse_secret_keys(text)
        if name == "feed_key":
            return base64.b64decode(text, validate=True)
        if name == "operator_networks":
            return tuple(ipaddress.ip_network(part.strip()) for part in text.split(","))
        if name == "clock":
            moment = datetime.fromisoformat(text)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        if kind == "int":
            return int(text)
        if kind == "bool":
            return {"1": True, "true": True, "0": False, "false": False}[text.lower()]
        if kind == "Path":
            return Path(text)
    except (ValueError, KeyError, binascii.Error) as error:
        raise SettingsError(f"{variable} cannot be read.") from error
    return text


def parse_secret_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    """``id:base64url[,older…]``, newest first, each of 32 bytes.

    :raises SettingsError: on a key that is not exactly 32 bytes or an id used twice (KEY-1).
    """
    keys: list[tuple[str, bytes]] = []
    for part in text.split(","):
        key_id, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(
                encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True
            )
        except (ValueError, binascii.Error):
            key = b""
        if not key_id.isalnum() or len(key) != KEY_BYTES:
            raise SettingsError(
                "PORTAL_SECRET_KEYS must be id:key[,older…], each key 32 random bytes in base64url."
            )
        keys.append((key_id, key))
    if len({key_id for key_id, _ in keys}) != len(keys):
        raise SettingsError("PORTAL_SECRET_KEYS names the same key id twice.")
    return tuple(keys)


def _check(settings: Settings) -> None:
    if settings.mode not in MODES:
        raise SettingsError(f"PORTAL_MODE must be one of {', '.join(MODES)}.")
    if not settings.secret_keys:
        raise SettingsError("PORTAL_SECRET_KEYS is missing: give it a key of 32 random bytes.")
    if settings.feed_key is not None and len(settings.feed_key) != KEY_BYTES:
        raise SettingsError("PORTAL_FEED_KEY must be the base64 of a raw Ed25519 public key.")
    if not urlsplit(settings.base_url).hostname:
        raise SettingsError(
            "PORTAL_BASE_URL must be a full address such as https://portal.example."
        )
    if not settings.mail_url.startswith(("smtp://", "smtps://", "folder:")):
        raise SettingsError("PORTAL_MAIL_URL must be smtp://…, smtps://… or folder:PATH.")
    gateway = urlsplit(settings.text_url)
    if settings.text_url and not (
        (gateway.scheme in ("https", "http") and gateway.hostname) or gateway.scheme == "folder"
    ):
        raise SettingsError("PORTAL_TEXT_URL must be https://… or folder:PATH.")
    if settings.is_production:
        _check_production(settings)


def _check_production(settings: Settings) -> None:
    if not settings.is_https:
        raise SettingsError("PORTAL_BASE_URL must begin with https:// in production.")
    if settings.clock is not None:
        raise SettingsError("PORTAL_CLOCK is refused in production.")
    if any(_has_a_pattern(key) for _, key in settings.secret_keys):
        raise SettingsError("PORTAL_SECRET_KEYS holds a key that is not random.")
    if settings.argon2_memory_kib < 19456 or settings.argon2_time < 2:
        raise SettingsError("PORTAL_ARGON2_…: at least 19456 KiB and 2 passes in production.")
    if settings.mail_url.startswith("folder:"):
        raise SettingsError("PORTAL_MAIL_URL must name an SMTP server (smtps://…) in production.")
    if not settings.mail_without_tls and not has_tls(settings.mail_url):
        raise SettingsError(
            "PORTAL_MAIL_URL sends mail unencrypted: use smtps://… or smtp://…?starttls=1, or set"
            " PORTAL_MAIL_WITHOUT_TLS=1 where only your own wires lie between."
        )
    if settings.text_url and not settings.text_url.startswith("https://"):
        raise SettingsError("PORTAL_TEXT_URL must begin with https:// in production.")
    if settings.idle_minutes > 60 or settings.session_hours > 24:
        raise SettingsError("PORTAL_IDLE_MINUTES may be at most 60 and PORTAL_SESSION_HOURS 24.")
    if not 1 <= settings.link_minutes <= 24 * 60:
        raise SettingsError("PORTAL_LINK_MINUTES may be at most 1440, a day.")
    if settings.reauthentication_minutes > 5:
        raise SettingsError("PORTAL_REAUTHENTICATION_MINUTES may be at most 5.")


def wants_starttls(url: str) -> bool:
    """Whether an ``smtp://`` address asks for STARTTLS."""
    return parse_qs(urlsplit(url).query).get("starttls", ["0"])[-1] not in ("0", "false")


def has_tls(mail_url: str) -> bool:
    """Whether mail goes out encrypted, or to this machine itself and no further."""
    parts = urlsplit(mail_url)
    if parts.scheme == "smtps" or wants_starttls(mail_url):
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"


def _has_a_pattern(key: bytes) -> bool:
    """Whether a key was typed and not drawn: few different bytes, or bytes in even steps, as the
    key of the tests has them, which anyone can read."""
    steps = {(after - before) % 256 for before, after in itertools.pairwise(key)}
    return len(set(key)) < 8 or len(steps) < 8
