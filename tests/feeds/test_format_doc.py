"""The format's document names every file, column and word that a load knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.feeds.schema import FILES, File

DOCUMENT = Path(__file__).parents[2] / "docs" / "extract-format.md"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_document_describes_a_file(file: File) -> None:
    text = DOCUMENT.read_text("utf-8").partition(f"## {file.filename}\n")[2].partition("\n## ")[0]
    for column in file.columns:
        row = next(line for line in text.splitlines() if line.startswith(f"| `{column.name}` |"))
        assert ("required" in row) == column.required
        assert all(f"`{word}`" in row for word in column.words)
