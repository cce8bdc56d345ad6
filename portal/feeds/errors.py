"""What the feed refuses, in one plain line each."""

from __future__ import annotations


class FeedRefused(Exception):
    """The extract, or the export, is refused as a whole and nothing was changed.

    The message is one line for an operator: it names the file, the line and the remedy, and holds
    no personal data.
    """


class FileRefused(FeedRefused):
    """A file of the extract cannot be read at all."""

    def __init__(self, file: str, reason: str, line: int | None = None) -> None:
        self.file, self.line = file, line
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place}: {reason}")
