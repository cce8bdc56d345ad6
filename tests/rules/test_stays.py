"""A timely answer to a notice of delinquency keeps new enforcement from starting."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from portal.rules.agency import load_agency
from portal.rules.stays import FiledReview, is_stayed, stay_of
from portal.rules.vocabulary import NoticeKind

MA = load_agency("massachusetts")
FILED = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
REVIEW = FiledReview(FILED, frozenset({"C1", "C2"}), NoticeKind.DELINQUENCY, date(2026, 12, 2))


def test_the_cases_of_the_notice_are_stayed_and_no_others() -> None:
    stay = stay_of(REVIEW, MA)
    assert stay
    assert stay.began_at == FILED
    assert is_stayed("C1", FILED, [stay])
    assert not is_stayed("C3", FILED, [stay])
    assert not is_stayed("C1", FILED - timedelta(seconds=1), [stay])


def test_the_stay_ends_when_the_review_is_decided_or_withdrawn() -> None:
    ended = FILED + timedelta(days=9)
    stay = stay_of(replace(REVIEW, ended_at=ended), MA)
    assert stay
    assert is_stayed("C2", ended - timedelta(seconds=1), [stay])
    assert not is_stayed("C2", ended, [stay])


def test_a_late_answer_brings_no_stay() -> None:
    midnight = MA.end_of_day(date(2026, 12, 2))
    assert stay_of(replace(REVIEW, filed_at=midnight), MA) is None
    assert stay_of(replace(REVIEW, filed_at=midnight - timedelta(microseconds=1)), MA)


def test_without_a_notice_of_delinquency_there_is_no_stay() -> None:
    assert stay_of(replace(REVIEW, notice_kind=None, last_day=None), MA) is None
    for kind in NoticeKind:
        assert (stay_of(replace(REVIEW, notice_kind=kind), MA) is not None) == (
            kind is NoticeKind.DELINQUENCY
        )
