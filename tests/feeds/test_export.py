"""The way back: positions that stay, bytes that stay, evidence beside."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from portal.accounts.models import PinRequest
from portal.context import Context
from portal.feeds.errors import FeedRefused
from portal.feeds.export import export
from tests.requests.parents import (
    begin_review,
    load_parents,
    photo,
    send_address,
    send_review,
    signed_in,
    upload,
)
from tests.support.page import Page


def lines(folder: Path) -> list[dict[str, object]]:
    text = (folder / "submissions.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def ask_pin(context: Context, key: str) -> None:
    with context.database.transaction() as session:
        session.add(PinRequest(id=key, participant_id="P", at=context.now()))


def test_what_parents_sent_goes_out_with_its_evidence(
    context: Context, page: Page, tmp_path: Path
) -> None:
    parents = load_parents(context, tmp_path)
    payor = signed_in(page, parents.payor)
    begin_review(payor)
    payor.submit("/payments", button="action=continue")
    upload(payor, photo())
    review = send_review(payor)
    address = send_address(payor)
    ask_pin(context, "a" * 32)
    done = export(context, tmp_path / "out", after=0)
    found = lines(tmp_path / "out")
    assert [line["position"] for line in found] == list(range(1, len(found) + 1))
    assert done.upto == len(found)
    assert {line["submission"] for line in found} == {review, address, None}
    assert {"submitted", "new_pin_asked"} <= {line["event"] for line in found}
    changed = next(line for line in found if line["submission"] == address)
    assert changed["kind"] == "change_of_address"
    assert changed["fields"]["mail_postal_code"] == "02108"  # type: ignore[index]
    (file,) = [file for line in found for file in line["evidence"]][:1]  # type: ignore[attr-defined]
    data = (tmp_path / "out" / "evidence" / f"{file['sha256']}.jpg").read_bytes()
    assert hashlib.sha256(data).hexdigest() == file["sha256"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["agency"] == "MA"
    for name, entry in manifest["files"].items():
        whole = (tmp_path / "out" / name).read_bytes()
        assert hashlib.sha256(whole).hexdigest() == entry["sha256"]
    assert manifest["files"]["submissions.jsonl"]["rows"] == len(found)


def test_fed_2_the_same_range_is_the_same_bytes_for_ever(either: Context, tmp_path: Path) -> None:
    for key in "abc":
        ask_pin(either, key * 32)
    export(either, tmp_path / "first", after=1)
    first = contents(tmp_path / "first")
    ask_pin(either, "0" * 32)  # the same moment and a lower key: still a later position
    export(either, tmp_path / "second", after=1, upto=3)
    assert contents(tmp_path / "second") == first
    export(either, tmp_path / "third", after=3)
    assert [line["position"] for line in lines(tmp_path / "third")] == [4]
    assert export(either, tmp_path / "none", after=4).lines == 0
    assert not list(tmp_path.glob(".*")), "no temporary folder stays"


def test_a_folder_that_holds_something_else_is_refused(context: Context, tmp_path: Path) -> None:
    ask_pin(context, "a" * 32)
    out = tmp_path / "out"
    export(context, out, after=0)
    export(context, out, after=0)  # the very same: fine
    ask_pin(context, "b" * 32)
    with pytest.raises(FeedRefused, match="is not empty and holds something else"):
        export(context, out, after=0)
    assert len(lines(out)) == 1
    (tmp_path / "empty").mkdir()
    export(context, tmp_path / "empty", after=0)


@pytest.mark.parametrize(("after", "upto"), [(5, None), (0, 5), (1, 0)])
def test_a_range_that_is_not_there_is_refused(
    context: Context, tmp_path: Path, after: int, upto: int | None
) -> None:
    ask_pin(context, "a" * 32)
    with pytest.raises(FeedRefused):
        export(context, tmp_path / "out", after=after, upto=upto)
    assert not (tmp_path / "out").exists()


def test_key_2_the_log_keeps_no_plain_address(context: Context, page: Page, tmp_path: Path) -> None:
    parents = load_parents(context, tmp_path)
    send_address(signed_in(page, parents.payor), line1="12 Canary Street")
    export(context, tmp_path / "out", after=0)
    assert "Canary" in (tmp_path / "out" / "submissions.jsonl").read_text()
    written = b"".join(path.read_bytes() for path in context.settings.instance.glob("portal.db*"))
    assert b"Canary" not in written


def test_the_folder_may_be_named_from_where_one_stands(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_pin(context, "a" * 32)
    here = tmp_path / "here"
    (here / "empty").mkdir(parents=True)
    monkeypatch.chdir(here)
    export(context, Path("out"), after=0)
    export(context, Path("deeper/out"), after=0)
    export(context, Path("../beside"), after=0)
    monkeypatch.chdir(here / "empty")
    export(context, Path("."), after=0)
    for folder in (here / "out", here / "deeper" / "out", tmp_path / "beside", here / "empty"):
        assert len(lines(folder)) == 1
        assert not list(folder.parent.glob(".*writing*"))
