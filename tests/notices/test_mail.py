"""Composing and handing over: headers that cannot be injected, TLS, folders."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.context import Context
from portal.notices.failures import MailFailed
from portal.notices.mail import compose, open_mailer
from portal.notices.registry import notice_of
from portal.notices.rendering import Rendered, locale_of, one_line, render
from portal.notices.worker import run_once
from tests.notices.greeting import item, queue
from tests.support.smtp import MailServer, mail_server

AT = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)
Sending = Callable[..., Context]


def composed(rendered: Rendered | None = None, **changes: str) -> EmailMessage:
    words: dict[str, str] = {
        "event_id": "ab12",
        "sender": "no-reply@agency.example",
        "recipient": "ana@example.org",
    }
    rendered = rendered or Rendered("Subject", "Text\n", "<p>Text</p>")
    return compose(rendered, at=AT, **{**words, **changes})


def parsed(message: EmailMessage) -> EmailMessage:
    found = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_words_cannot_add_a_header(smtp: MailServer, sending: Sending) -> None:
    """INJ-3: a name with line breaks stays one line of the subject."""
    context = sending(mail_url=smtp.url)
    queue(context, name="Ana\r\nBcc: thief@example.net\r\n\r\n<script>alert(1)</script>")
    assert run_once(context, context.now()) == 1
    received = smtp.received[0]
    assert received["Bcc"] is None
    assert received["Subject"].startswith("A message for Ana Bcc: thief@example.net")
    assert smtp.recipients == [["ana@example.org"]]
    html = received.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()


@pytest.mark.parametrize(
    "recipient",
    [
        "ana@example.org\r\nBcc: thief@example.net",
        "ana@example.org, thief@example.net",
        "ana@example.org;thief@example.net",
        "<ana@example.org> thief@example.net",
        "ana@example.org thief@example.net",
        "ana",
        "@example.org",
        "ana@",
        "",
        "ana\x00@example.org",
    ],
)
def test_a_recipient_is_one_address_or_refused(recipient: str) -> None:
    """INJ-3: nothing that a person typed as an address reaches anyone else."""
    with pytest.raises(MailFailed, match="bad_address"):
        composed(recipient=recipient)


def test_a_mail_is_the_same_to_the_byte_each_time() -> None:
    """CRS-2: what goes out twice can be told to be one."""
    assert composed().as_bytes() == composed().as_bytes()
    assert parsed(composed())["Message-ID"] == "<ab12@agency.example>"


def test_a_mail_says_from_whom_in_which_language_and_that_no_one_wrote_it() -> None:
    message = parsed(
        composed(
            sender="Case Manager <no-reply@agency.example>",
            reply_to="help@agency.example",
            language="es",
        )
    )
    assert message["From"].addresses[0].display_name == "Case Manager"
    assert message["Reply-To"] == "help@agency.example"
    assert message["Content-Language"] == "es"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == AT


def test_a_domain_in_another_script_is_written_in_ascii() -> None:
    assert "xn--bcher-kva.example" in composed(recipient="ana@bücher.example").as_string()


def test_every_mail_carries_the_numbers_and_loads_nothing(context: Context) -> None:
    """The risk-of-harm number; no picture, style or script that would tell who reads it."""
    rendered = render(
        context, notice_of("greeting"), "ar", {"name": "Ana & Ben", "link": "https://x.example"}
    )
    for part in (rendered.text, rendered.html):
        assert context.agency.contact.risk_of_harm[0] in part
        assert context.agency.contact.call_us[0] in part
    assert 'dir="rtl"' in rendered.html
    assert "Ana &amp; Ben" in rendered.html
    assert "Ana & Ben" in rendered.text
    for loading in ("<img", "<link", "<script", "<style", "src=", "style="):
        assert loading not in rendered.html


@pytest.mark.parametrize(
    ("language", "expected"),
    [("es", "es"), ("pt-BR", "pt_BR"), ("zh-Hant", "zh_Hant"), ("xx-??", "en"), ("", "en")],
)
def test_a_language_tag_is_understood_or_english(language: str, expected: str) -> None:
    assert str(locale_of(language)) == expected


def test_one_line_has_no_control_character() -> None:
    assert one_line("a\r\nb\x00\x1b[31mc\u2028d\x85e  f\n") == "a b [31mc d e f"


def test_a_folder_gets_one_whole_file_a_mail(sending: Sending, tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    context = sending(mail_url=f"folder:{folder}")
    queued = queue(context)
    run_once(context, context.now())
    assert [file.name for file in folder.iterdir()] == [f"{queued}.eml"]
    message = message_from_bytes((folder / f"{queued}.eml").read_bytes(), policy=policy.default)
    assert message["To"] == "ana@example.org"


def test_a_folder_that_cannot_be_written_keeps_the_mail(sending: Sending, tmp_path: Path) -> None:
    """CRS-3: a full or missing disk loses nothing."""
    (tmp_path / "file").write_text("in the way")
    context = sending(mail_url=f"folder:{tmp_path}/file")
    queued = queue(context)
    assert run_once(context, context.now()) == 0
    assert item(context, queued).reason == "folder_not_writable"


@pytest.mark.parametrize("url", ["", "folder:", "http://x", "smtp://", "mailto:x@y", "/var/mail"])
def test_a_mail_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="PORTAL_MAIL_URL"):
        open_mailer(url)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A certificate for 127.0.0.1 and the file that makes clients trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "cert.pem").write_bytes(pem)
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return server, folder / "cert.pem"


@pytest.mark.parametrize("implicit", [True, False])
def test_tls_with_a_login_whose_password_holds_any_sign(
    implicit: bool,
    certificate: tuple[ssl.SSLContext, Path],
    sending: Sending,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server_side, trusted = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with mail_server(tls=server_side, implicit=implicit, login=True) as smtp:
        scheme, query = ("smtps", "") if implicit else ("smtp", "?starttls=1")
        url = f"{scheme}://portal:right%20%26%20proper@127.0.0.1:{smtp.port}{query}"
        context = sending(mail_url=url)
        queued = queue(context)
        assert run_once(context, context.now()) == 1, item(context, queued).reason
        assert smtp.logins == [("portal", "right & proper")]


def test_a_certificate_that_is_not_trusted_gets_no_mail(
    certificate: tuple[ssl.SSLContext, Path], sending: Sending
) -> None:
    with mail_server(tls=certificate[0]) as smtp:
        context = sending(mail_url=f"{smtp.url}?starttls=1")
        queued = queue(context)
        assert run_once(context, context.now()) == 0
        assert item(context, queued).reason == "tls_failed"
        assert not smtp.received


def test_a_server_without_tls_gets_no_mail_where_tls_is_asked_for(
    smtp: MailServer, sending: Sending
) -> None:
    context = sending(mail_url=f"{smtp.url}?starttls=1")
    queued = queue(context)
    assert run_once(context, context.now()) == 0
    assert item(context, queued).reason == "not_supported_by_server"
    assert not smtp.received
