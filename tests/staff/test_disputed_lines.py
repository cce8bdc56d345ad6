"""What a parent does not agree with, on the agency's side: beside the record as it is now, decided
line by line, in the letter and in the export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest

from portal.context import Context
from portal.feeds.load import load
from portal.ledger.case_view import open_case
from portal.ledger.explained import explained
from portal.ledger.lines import Entry
from portal.ledger.payments import payments_shown
from portal.requests.disputes import (
    Dispute,
    Subject,
    dispute_of_line,
    dispute_of_month,
    dispute_of_payment,
    grounds_stood_for,
)
from portal.requests.grounds import Ground
from portal.requests.models import Submission
from portal.requests.sealed import FIELDS, open_json, seal_json
from portal.rules.vocabulary import Category
from portal.staff.decision_draft import disputed_lines
from tests.requests.parents import Parents, exported, signed_in
from tests.staff.desk import desk, parents, sam
from tests.staff.on_requests import Filed, events, file_one, give
from tests.support.accounts import TestAccount
from tests.support.page import Page, Seen
from tests.support.page_rules import words

__all__ = ["desk", "parents", "sam"]

INTEREST = "Interest of September 30, 2026: $6.10"
PAYMENT = "Payment of October 20, 2026"
MONTH = "October 2026: what is owed changed by"


def is_interest(entry: Entry) -> bool:
    return entry.category is Category.INTEREST


def line(context: Context, wanted: Callable[[Entry], bool]) -> Dispute:
    with context.database.session() as session:
        today = context.agency.local_date(context.now())
        view = open_case(session, "P", "C1", agency=context.agency, today=today)
        assert view is not None
        shown = explained(session, view)
        return dispute_of_line("C1", next(it.entry for it in shown.lines if wanted(it.entry)))


def payment_and_month(context: Context) -> tuple[Dispute, Dispute]:
    with context.database.session() as session:
        today = context.agency.local_date(context.now())
        view = open_case(session, "P", "C1", agency=context.agency, today=today)
        assert view is not None
        payment = next(
            it for it in payments_shown(session, view) if it.on == date(2026, 10, 20)
        )  # fmt: skip
        month = dispute_of_month("C1", explained(session, view), date(2026, 10, 1))
        assert month is not None
        return dispute_of_payment("C1", payment), month


@pytest.fixture
def disputed(context: Context, parents: Parents, sam: TestAccount) -> Filed:
    """Interest, a payment and a month that the payor does not agree with; the caseworker has it."""
    all_three = (line(context, is_interest), *payment_and_month(context))
    filed = file_one(context, parents.payor, claims=[], disputes=all_three,
                     grounds=("amount_wrong", "sent_on_wrongly", "wrong_person"))  # fmt: skip
    give(context, filed, sam)
    return filed


def next_extract(context: Context, parents: Parents) -> None:
    builder = parents.family.builder
    builder.settle()
    load(context, builder.write(context.settings.instance / "next", sequence=2))


def rows(seen: Seen, caption: str) -> list[str]:
    table = next(it for it in seen.document.query("table") if caption in words(it))
    return [words(row) for row in table.query("tbody tr")]


def test_the_request_page_sets_them_beside_the_record(
    desk: Page, disputed: Filed, context: Context
) -> None:
    """Unchanged so far; the months they lie in are in dispute."""
    seen = desk.get(f"/staff/requests/{disputed.number}")
    found = rows(seen, "What it is about, against our record")
    assert (
        found[0]
        == "Interest of September 30, 2026: $6.10 (case C1) $6.10 in our record $6.10 $0.00"
    )
    assert found[1].startswith(PAYMENT)
    assert found[2].startswith(MONTH)
    assert len(found) == 3
    months = rows(seen, "Months in dispute")
    assert [it.split(" $")[0] for it in months] == ["September 2026", "October 2026"]


def test_what_was_altered_since_is_told(
    desk: Page, disputed: Filed, context: Context, parents: Parents
) -> None:
    """Another amount, a payment taken back, a row that is gone: as the next extract has it."""
    builder = parents.family.builder
    builder.find("charges.csv", category="interest")["amount"] = "4.00"
    builder.find("payments.csv", received_on="2026-10-20")["reversed_on"] = "2026-11-20"
    next_extract(context, parents)
    found = rows(desk.get(f"/staff/requests/{disputed.number}"), "against our record")
    assert found[0].endswith("$6.10 another amount now $4.00 −$2.10")
    assert "was reversed" in found[1]
    interest = builder.find("charges.csv", category="interest")
    builder.rows["charges.csv"].remove(interest)
    builder.settle()
    load(context, builder.write(context.settings.instance / "third", sequence=3))
    seen = desk.get(f"/staff/requests/{disputed.number}")
    assert rows(seen, "against our record")[0].endswith("$6.10 no longer in our record – –")
    seen = desk.get(f"/staff/requests/{disputed.number}/decision")
    assert f"1. {INTEREST} (case C1)" in seen.words
    assert "no longer in our record" in seen.words


def test_of_a_case_that_was_left_nothing_is_said(
    desk: Page, disputed: Filed, context: Context, parents: Parents
) -> None:
    """PRV-1: the record is read as the sender may see it, on the agency's side too."""
    builder = parents.family.builder
    builder.rows["members.csv"] = [
        row
        for row in builder.rows["members.csv"]
        if (row["case_id"], row["participant_id"]) != ("C1", "P")
    ]
    next_extract(context, parents)
    found = rows(desk.get(f"/staff/requests/{disputed.number}"), "against our record")
    assert all("no longer on the parent’s pages" in row for row in found)


def answers(*outcomes: str, **changed: str) -> dict[str, str]:
    fields = {"paragraphs": ""}
    for index, outcome in enumerate(outcomes):
        fields[f"lines-{index}-outcome"] = outcome
        fields[f"lines-{index}-amount"] = ""
        fields[f"lines-{index}-reason"] = f"Reason {index + 1}."
    return fields | changed


def test_each_is_decided_by_itself_in_the_letter_and_the_export(
    desk: Page, other_page: Page, disputed: Filed, context: Context, parents: Parents
) -> None:
    """What a disputed line stands for is not asked again; the one ground that is left is."""
    path = f"/staff/requests/{disputed.number}/decision"
    seen = desk.get(path)
    headings = [words(it) for it in seen.document.query(".work-line h2")]
    assert [it.split(":")[0] for it in headings] == [
        "1. Interest of September 30, 2026",
        "2. Payment of October 20, 2026",
        "3. October 2026",
        "4. I am the wrong person",
    ]
    given = answers("partly", "denied", "denied", "denied", **{"lines-0-amount": "2.10"})
    desk.submit("/decision", button="action=letter", **given)
    document = pypdfium2.PdfDocument(desk.get(f"{path}/letter/file").body)
    text = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    for told in (
        f"1. {INTEREST} (case C1): We agree in part ($2.10). Reason 1.",
        "2. Payment of October 20, 2026",
        "Reason 3.",
        "4. I am the wrong person: We do not agree. Reason 4.",
    ):
        assert told in text, f"{told}: {text}"
    assert "The amount is wrong" not in text
    desk.get(f"{path}/letter")
    desk.submit("/decision/sending")
    assert "partly_granted" in events(context, disputed)
    (fields,) = [it["fields"] for it in exported(context) if it["event"] == "decided"]
    told = fields["lines"]
    assert [it["outcome"] for it in told] == ["partly", "denied", "denied", "denied"]
    assert (told[0]["line"], told[0]["what"], told[0]["case"]) == ("dispute-1", "charge", "C1")
    assert (told[0]["amount"], told[0]["granted"]) == ("6.10", "2.10")
    assert told[0]["charge_id"]
    assert told[1]["payment_id"]
    assert told[2]["month"] == "2026-10"
    assert told[3]["ground"] == "wrong_person"
    payor = signed_in(other_page, parents.payor)
    assert INTEREST in payor.get(f"/requests/{disputed.number}").words


def test_payments_and_other_amounts_are_not_summed_together(
    desk: Page, context: Context, parents: Parents, sam: TestAccount
) -> None:
    """Of interest nothing is claimed as paid: what is granted of it stands by itself."""
    claims = [{"date": "2026-10-14", "amount": "120.00", "how": "employer"}]
    filed = file_one(context, parents.payor, claims=claims, grounds=("payments_not_credited",),
                     disputes=[line(context, is_interest)])  # fmt: skip
    give(context, filed, sam)
    path = f"/staff/requests/{filed.number}/decision"
    desk.get(path)
    given = answers("partly", "granted", **{"lines-0-amount": "100.00", "lines-1-amount": "6.10"})
    desk.submit("/decision", button="action=letter", **given)
    document = pypdfium2.PdfDocument(desk.get(f"{path}/letter/file").body)
    text = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    assert "Payments together $120.00 $100.00" in text
    assert "$106.10" not in text
    desk.get(f"{path}/letter")
    desk.submit("/decision/sending")
    (fields,) = [it["fields"] for it in exported(context) if it["event"] == "decided"]
    assert (fields["claimed"], fields["granted"]) == ("120.00", "100.00")
    assert [it["granted"] for it in fields["lines"]] == ["100.00", "6.10"]


def test_a_month_in_which_less_was_owed_prints_with_its_sign(
    desk: Page, context: Context, parents: Parents, sam: TestAccount
) -> None:
    month = Dispute("C1", Subject.MONTH, "2026-10", date(2026, 10, 1), Decimal("-5.00"))
    filed = file_one(context, parents.payor, claims=[], grounds=("amount_wrong",),
                     disputes=[month])  # fmt: skip
    give(context, filed, sam)
    path = f"/staff/requests/{filed.number}/decision"
    desk.get(path)
    desk.submit("/decision", button="action=letter", **answers("denied"))
    document = pypdfium2.PdfDocument(desk.get(f"{path}/letter/file").body)
    text = " ".join(document[0].get_textpage().get_text_bounded().split())
    assert "October 2026: what is owed changed by \N{MINUS SIGN}$5.00" in text


def test_what_was_sent_to_the_parent_is_named_to_the_staff_and_to_the_parent(
    desk: Page, context: Context, parents: Parents, sam: TestAccount
) -> None:
    """In the third person on the staff's pages, in the second in the letter. The amount of then
    is set beside that of now: both are the part on the case."""
    payment, _month = payment_and_month(context)
    less = replace(payment, sent=payment.amount - 20, got=payment.amount - 30)
    filed = file_one(context, parents.payor, claims=[], grounds=("sent_on_wrongly",),
                     disputes=[less])  # fmt: skip
    give(context, filed, sam)
    path = f"/staff/requests/{filed.number}"
    [row] = rows(desk.get(path), "What it is about, against our record")
    part, sent, got = (f"${it:.2f}" for it in (payment.amount, payment.amount - 20, less.got))
    named = f"{PAYMENT}: {part}, {sent} sent to"
    assert row.startswith(f"{named} the parent, of which {got} arrived")
    assert row.endswith(f"{part} in our record {part} $0.00")
    seen = desk.get(f"{path}/decision")
    assert f"1. {named} the parent, of which {got} arrived" in seen.words
    desk.submit("/decision", button="action=letter", **answers("denied"))
    document = pypdfium2.PdfDocument(desk.get(f"{path}/decision/letter/file").body)
    text = " ".join(document[0].get_textpage().get_text_bounded().split())
    assert f"{named} you, of which {got} arrived" in text
    assert "sent to the parent" not in text
    desk.get(f"{path}/decision/letter")
    desk.submit("/decision/sending")
    (fields,) = [it["fields"] for it in exported(context) if it["event"] == "decided"]
    [told] = fields["lines"]
    assert (told["amount"], told["sent"], told["got"]) == (part[1:], sent[1:], got[1:])


def test_a_request_of_before_there_were_disputes_is_decided_as_ever(
    desk: Page, context: Context, parents: Parents, sam: TestAccount
) -> None:
    filed = file_one(context, parents.payor)
    give(context, filed, sam)
    with context.database.transaction() as session:
        row = session.get_one(Submission, filed.id)
        fields = open_json(context.sealer, row.fields, FIELDS, row.id)
        del fields["disputes"]
        row.fields = seal_json(context.sealer, fields, FIELDS, row.id)
    seen = desk.get(f"/staff/requests/{filed.number}")
    assert "What it is about, against our record" not in seen.words
    assert (
        len(desk.get(f"/staff/requests/{filed.number}/decision").document.query(".work-line")) == 4
    )


def test_no_words_of_a_parents_are_part_of_a_dispute(context: Context, disputed: Filed) -> None:
    """INJ-2: it is made of the record's keys, days and amounts, and of codes."""
    with context.database.session() as session:
        row = session.get_one(Submission, disputed.id)
        fields = open_json(context.sealer, row.fields, FIELDS, row.id)
        lines = disputed_lines(context.sealer, row)
    codes = {"case", "what", "charge_id", "payment_id", "month", "date", "amount", "category"}
    assert {key for it in fields["disputes"] for key in it} <= codes
    assert [it.key for it in lines] == [
        "dispute-1", "dispute-2", "dispute-3", "ground-wrong_person"]  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "category", "chosen", "stood_for"),
    [
        (Subject.CHARGE, Category.INTEREST, {"amount_wrong", "other"}, {"amount_wrong"}),
        (Subject.CHARGE, Category.CURRENT_SUPPORT, {"amount_wrong", "order_changed_or_ended"},
         {"amount_wrong", "order_changed_or_ended"}),
        (Subject.PAYMENT, None, {"payments_not_received", "amount_wrong"},
         {"payments_not_received"}),
        (Subject.TAKEN_BACK, Category.ARREARS, {"payments_not_credited", "amount_wrong"},
         {"payments_not_credited"}),
        (Subject.TAKEN_BACK, Category.ARREARS, {"amount_wrong"}, {"amount_wrong"}),
        (Subject.MONTH, None, {"wrong_person"}, set()),
    ],
)  # fmt: skip
def test_a_dispute_stands_for_the_grounds_that_were_proposed_for_it(
    subject: Subject, category: Category | None, chosen: set[str], stood_for: set[str]
) -> None:
    dispute = Dispute("C1", subject, "2026-10", date(2026, 10, 1), Decimal("5.00"), category)
    found = grounds_stood_for(dispute, [Ground(it) for it in chosen])
    assert {it.value for it in found} == stood_for
