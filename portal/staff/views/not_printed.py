"""What a worker is told whose words the letters' font or printer cannot print."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.notices.letter_pdf import CannotPrint


def why_not_printed(problem: CannotPrint) -> str:
    """The signs to take out; where no one sign is to blame, that the words cannot be printed."""
    if problem.signs:
        words = _("The letter cannot be printed with these signs: %(signs)s", signs=problem.signs)
    else:
        words = _("The letter cannot be printed with these words. Write them in other letters or "
                  "signs.")  # fmt: skip
    return str(words)
