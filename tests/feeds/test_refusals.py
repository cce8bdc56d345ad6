"""FED-3, FED-4: a broken extract is refused with one clear line, and nothing is changed."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.context import Context
from portal.feeds.errors import FeedRefused
from portal.feeds.load import load
from tests.feeds.helpers import fingerprint, loaded_families, rewrite_manifest
from tests.support.extract import ExtractBuilder, two_households, zip_extract

Spoil = Callable[[Path], None]


def write(folder: Path, sequence: int = 2) -> Path:
    return two_households().builder.write(folder, sequence=sequence)


def refused(context: Context, path: Path) -> str:
    """The one line of the refusal; the installation is as it was."""
    before = fingerprint(context)
    with pytest.raises(FeedRefused) as caught:
        load(context, path)
    assert fingerprint(context) == before
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 300
    return line


def replace(name: str, old: str, new: str, *, manifest: bool = True) -> Spoil:
    """Replace text in a file, and make the manifest agree unless said."""

    def spoil(folder: Path) -> None:
        path = folder / name
        data = path.read_bytes()
        assert old.encode() in data
        path.write_bytes(data.replace(old.encode(), new.encode("latin-1"), 1))
        if manifest:
            rewrite_manifest(folder)

    return spoil


def change_manifest(**changes: object) -> Spoil:
    def spoil(folder: Path) -> None:
        path = folder / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    return spoil


def wrong_count(folder: Path) -> None:
    path = folder / "manifest.json"
    data = json.loads(path.read_text())
    data["files"]["payments.csv"]["rows"] += 1
    path.write_text(json.dumps(data))


def truncated(folder: Path) -> None:
    path = folder / "payments.csv"
    path.write_bytes(path.read_bytes()[:-20])


def truncated_with_its_manifest(folder: Path) -> None:
    truncated(folder)
    rewrite_manifest(folder)


def missing(folder: Path) -> None:
    (folder / "orders.csv").unlink()


def not_named(folder: Path) -> None:
    path = folder / "manifest.json"
    data = json.loads(path.read_text())
    del data["files"]["orders.csv"]
    path.write_text(json.dumps(data))


BROKEN: dict[str, tuple[Spoil, str]] = {
    "wrong hash": (
        replace("cases.csv", "open", "shut", manifest=False),
        "cases.csv: its SHA-256 is not the one in the manifest",
    ),
    "wrong count": (wrong_count, "payments.csv: holds .* rows, the manifest says"),
    "missing column": (
        replace("cases.csv", ",office,", ",", manifest=True),
        "cases.csv, line 1: lacks the column 'office'",
    ),
    "unknown column": (
        replace("cases.csv", ",office,", ",office,extra,"),
        "cases.csv, line 1: has the unknown column 'extra'",
    ),
    "column twice": (
        replace("cases.csv", ",office,", ",office,office,"),
        "cases.csv, line 1: has the column 'office' twice",
    ),
    "NUL": (replace("cases.csv", "full", "fu\0l"), "cases.csv, line 2: holds a NUL byte"),
    "bad UTF-8": (replace("cases.csv", "full", "fu\xffl"), "cases.csv, line 2: is not UTF-8"),
    "truncated": (truncated, "payments.csv: its SHA-256 is not the one"),
    "truncated, with its manifest": (
        truncated_with_its_manifest,
        r"payments.csv, line \d+: has \d fields where the header has 9",
    ),
    "open quote": (
        replace("cases.csv", "C2,", '"C2,'),
        r"cases.csv(, line \d+: is not CSV|: holds 1 rows)",
    ),
    "broken quote": (
        replace("cases.csv", "C1,full", '"C1"x,full'),
        "cases.csv, line 2: is not CSV",
    ),
    "missing file": (missing, "orders.csv: is named in the manifest and is not there"),
    "file not named": (not_named, "manifest.json: a full extract holds every file"),
    "other format": (change_manifest(format="portal-extract/2"), "manifest.json: format is not"),
    "other agency": (change_manifest(agency="NH"), "manifest.json: the extract is of agency 'NH'"),
    "as_of after created_at": (
        change_manifest(as_of="2026-11-22"),
        "manifest.json: as_of 2026-11-22 is after created_at",
    ),
    "no offset": (change_manifest(created_at="2026-11-20T22:00:00"), "created_at must be a moment"),
    "no sequence": (change_manifest(sequence="7"), "sequence must be a whole number"),
    "other kind": (change_manifest(kind="partial"), "kind must be 'full' or 'delta'"),
    "not JSON": (replace("manifest.json", "{", "", manifest=False), "is not readable JSON"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_fed_4_a_broken_extract_is_refused(context: Context, tmp_path: Path, name: str) -> None:
    loaded_families(context, tmp_path)
    spoil, expected = BROKEN[name]
    folder = write(tmp_path / "broken")
    spoil(folder)
    line = refused(context, folder)
    assert re.search(expected, line), line


REJECTED: dict[str, tuple[Spoil, int, str]] = {
    "dangling reference": (
        replace("members.csv", "C1,A,", "C1,NOBODY,"),
        1,
        "members.csv,{line},participant_id,NOBODY,is not in participants.csv",
    ),
    "a cent off": (
        replace("allocations.csv", "80.00", "80.01"),
        3,
        "amount,PAY2,its allocations do not add up to it",
    ),
    "bad date": (
        replace("orders.csv", "2021-01-04", "2021-02-30"),
        1,
        "effective_on,2021-02-30,is not a date such as",
    ),
    "unknown word": (
        replace("cases.csv", "full", "some"),
        1,
        "is not one of its words: full, income_withholding_only",
    ),
    "unreadable amount": (
        replace("balances.csv", ".00", ".0"),
        1,
        "is not an amount such as 1234.50",
    ),
    "unreadable key": (replace("notices.csv", "NOT1", "NOT 1"), 1, "is not a readable key"),
    "missing value": (replace("participants.csv", ",Lopez", ","), 1, "last_name,,is required"),
    "date ahead": (
        replace("balances.csv", "2026-11-20", "2026-11-21"),
        1,
        "as_of,2026-11-21,is after the extract was made",
    ),
}


@pytest.mark.parametrize("name", REJECTED)
def test_fed_3_rejected_rows_refuse_the_extract_unless_put_up_with(
    context: Context, tmp_path: Path, name: str
) -> None:
    loaded_families(context, tmp_path)
    spoil, least, expected = REJECTED[name]
    folder = write(tmp_path / "broken")
    spoil(folder)
    line = refused(context, folder)
    path = context.settings.instance / "loads" / "2" / "rejects.csv"
    assert line.endswith(f"rows are rejected and at most 0 may be: see {path}")
    found = path.read_text()
    assert expected.split("{line}")[-1] in found, found
    done = load(context, folder, max_rejects=1000, accept_drop=True)
    assert done.rejected >= least


def test_fed_2_lower_and_rewritten_sequences_are_refused(context: Context, tmp_path: Path) -> None:
    builder = two_households().builder
    load(context, builder.write(tmp_path / "five", sequence=5))
    assert "is lower than 5" in refused(context, builder.write(tmp_path / "four", sequence=4))
    builder.case("C9")
    other = builder.write(tmp_path / "other", sequence=5)
    assert "is loaded already, from another manifest" in refused(context, other)


def test_fed_2_the_same_extract_again_is_a_no_op(context: Context, tmp_path: Path) -> None:
    folder = write(tmp_path / "extract", sequence=5)
    load(context, folder)
    before = fingerprint(context)
    assert load(context, folder).already
    assert fingerprint(context) == before


def test_fed_4_a_drop_of_half_the_cases_needs_a_word(context: Context, tmp_path: Path) -> None:
    loaded_families(context, tmp_path)
    builder = ExtractBuilder()
    builder.participant("P")
    builder.case("C1")
    folder = builder.write(tmp_path / "half", sequence=2)
    assert "participants.csv shrinks from" in refused(context, folder)
    assert load(context, folder, accept_drop=True).rejected == 0


def test_fed_4_a_signature_is_demanded_where_a_key_is_set(context: Context, tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    keyed = dataclasses.replace(
        context, settings=dataclasses.replace(context.settings, feed_key=public)
    )
    folder = write(tmp_path / "extract", sequence=1)
    assert "manifest.sig: is missing" in refused(keyed, folder)
    raw = (folder / "manifest.json").read_bytes()
    (folder / "manifest.sig").write_bytes(base64.b64encode(key.sign(raw + b" ")))
    assert "manifest.sig: does not verify" in refused(keyed, folder)
    (folder / "manifest.sig").write_bytes(b"not base64!")
    assert "manifest.sig: does not verify" in refused(keyed, folder)
    (folder / "manifest.sig").write_bytes(base64.b64encode(key.sign(raw)))
    assert not load(keyed, folder).already


@pytest.mark.parametrize(
    "name", ["../cases.csv", "/etc/cases.csv", "x/cases.csv", "..\\cases.csv", "C:cases.csv"]
)
def test_fed_4_zip_slip(context: Context, tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "extract")
    target = zip_extract(folder, tmp_path / "extract.zip")
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(name, "case_id\n")
    assert "must lie at the top, without folders" in refused(context, target)
    assert not (tmp_path / "cases.csv").exists()


def test_fed_4_a_zip_with_a_name_twice_or_a_bomb(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "extract")
    twice = zip_extract(folder, tmp_path / "twice.zip")
    with zipfile.ZipFile(twice, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("cases.csv", "case_id\n")
    assert "holds 'cases.csv' twice" in refused(context, twice)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", "0" * 60_000_000)
    assert "packed more tightly than data is" in refused(context, bomb)


def test_fed_4_a_zip_cut_short(context: Context, tmp_path: Path) -> None:
    target = zip_extract(write(tmp_path / "extract"), tmp_path / "extract.zip")
    data = target.read_bytes()
    target.write_bytes(data[: len(data) // 2])
    assert "neither a folder nor a readable zip" in refused(context, target)
    target.write_bytes(data[:2000] + b"\0" * 50 + data[2050:])
    assert refused(context, target)


def test_a_path_that_is_not_there(context: Context, tmp_path: Path) -> None:
    assert "is not there" in refused(context, tmp_path / "nowhere")


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_fed_3_no_corruption_gets_past_hash_count_and_rules(
    context: Context, tmp_path: Path, data: st.DataObject
) -> None:
    """Any byte changed anywhere, with or without a manifest that agrees, never ends in a traceback
    or a half-loaded record: it is refused in one line, or loads whole."""
    folder = tmp_path / f"f{data.draw(st.integers(0, 10**9))}"
    write(folder)
    names = sorted(path.name for path in folder.iterdir())
    path = folder / data.draw(st.sampled_from(names))
    raw = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    junk = data.draw(st.binary(max_size=4) | st.sampled_from([b'"', b"\n", b",", b"\r", b"\x00"]))
    raw[at : at + data.draw(st.integers(0, 5))] = junk
    changed = bytes(raw) != path.read_bytes()
    path.write_bytes(bytes(raw))
    agrees = path.name != "manifest.json" and data.draw(st.booleans())
    if agrees:
        rewrite_manifest(folder)
    before = fingerprint(context)
    try:
        load(context, folder, max_rejects=0)
        refusal = None
    except FeedRefused as error:
        refusal = str(error)
    if refusal is None:
        assert agrees or not changed or path.name == "manifest.json"
        reset(context)
    else:
        assert "\n" not in refusal
        assert fingerprint(context) == before


def reset(context: Context) -> None:
    """Forget what was loaded."""
    from sqlalchemy import delete

    from portal.feeds.models import Load

    with context.database.transaction() as session:
        session.execute(delete(Load))


def test_the_clock_of_the_agency_decides_what_is_ahead(context: Context, tmp_path: Path) -> None:
    """Made at 23:30 in Boston on the 20th, already the 21st in UTC: the 21st is ahead."""
    builder = ExtractBuilder()
    builder.participant("P", birth_date="2026-11-21")
    made = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
    folder = builder.write(tmp_path / "x", created_at=made, as_of=date(2026, 11, 20))
    assert "1 rows are rejected" in refused(context, folder)
    assert hashlib.sha256((folder / "participants.csv").read_bytes()).hexdigest()
