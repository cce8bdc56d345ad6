"""Letters that a worker looks at before they go: what is sent is what was looked at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.context import Context
from portal.staff.case_parents import CaseParent
from portal.staff.letters import NewLetter, letter_says


@dataclass(frozen=True, slots=True)
class LetterDrafts:
    """Each addressee with what the letter would say; `mark` is a digest of all of it."""

    shown: tuple[tuple[CaseParent, dict[str, Any]], ...] = ()
    mark: str = ""


def look_at(
    session: Session, context: Context, letters: Sequence[tuple[CaseParent, NewLetter]]
) -> LetterDrafts:
    """The letters as they would be sent now.

    Raises `LookupError` and `portal.notices.letter_pdf.CannotPrint`.
    """
    shown = tuple((to, letter_says(session, context, letter)) for to, letter in letters)
    said = json.dumps([(to.participant_id, says) for to, says in shown], sort_keys=True)
    return LetterDrafts(shown, hashlib.sha256(said.encode()).hexdigest())
