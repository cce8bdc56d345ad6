"""Draw one page of a file as a picture: run as a process of its own, with hard limits.

    python -I draw_page.py PAGE WIDTH < file > picture

The first line of the answer is `ok <pages> <width> <height>` or `refused`, the rest a PNG. The
picture is made of pixels alone: nothing that the file says of itself comes along (UPL-4). The
module imports nothing of ours: a file that breaks a decoder breaks a process that holds no keys and
sees no database (UPL-2).
"""

from __future__ import annotations

import io
import resource
import sys

import pypdfium2
from PIL import Image, UnidentifiedImageError

MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2200
MOST_WIDTH = 1600
_MEMORY = 2_000_000_000
_CPU_SECONDS = 20


class Refused(Exception):
    """There is no such page, or nothing that can be drawn."""


def draw(data: bytes, page: int, width: int) -> tuple[int, Image.Image]:
    """How many pages there are, and the page (from 1) of about that width. Raises `Refused`."""
    if not 1 <= width <= MOST_WIDTH:
        raise Refused
    try:
        if data.startswith(b"%PDF-"):
            return _pdf_page(data, page, width)
        return 1, _picture(data, page, width)
    except (pypdfium2.PdfiumError, UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refused from None
    except (Image.DecompressionBombError, MemoryError, RuntimeError):
        raise Refused from None


def _pdf_page(data: bytes, number: int, width: int) -> tuple[int, Image.Image]:
    document = pypdfium2.PdfDocument(data)
    try:
        pages = len(document)
        if not 1 <= number <= pages:
            raise Refused
        page = document[number - 1]
        wide, high = page.get_size()
        if wide <= 0 or high <= 0:
            raise Refused
        scale = min(width / wide, LONGEST_SIDE / high, 20)
        drawn = page.render(scale=scale, may_draw_forms=False)
        return pages, drawn.to_pil()
    finally:
        document.close()


def _picture(data: bytes, number: int, width: int) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as image:
        if number != 1 or image.width * image.height > MOST_PIXELS:
            raise Refused
        image.draft("RGB", (width, LONGEST_SIDE))
        image.load()
        picture = image.convert("RGB")
    picture.thumbnail((width, LONGEST_SIDE))
    return picture


def encode(picture: Image.Image) -> bytes:
    """A PNG of the pixels alone."""
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(picture.convert("RGB"))
    target = io.BytesIO()
    plain.save(target, "PNG", optimize=False)
    return target.getvalue()


def _limit_this_process() -> None:
    for limit, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def main() -> None:
    """Draw what comes on standard input."""
    _limit_this_process()
    page, width = int(sys.argv[1]), int(sys.argv[2])
    try:
        pages, picture = draw(sys.stdin.buffer.read(), page, width)
        drawn = encode(picture)
    except (Refused, MemoryError):
        sys.stdout.buffer.write(b"refused\n")
        return
    head = f"ok {pages} {picture.width} {picture.height}\n"
    sys.stdout.buffer.write(head.encode() + drawn)


if __name__ == "__main__":
    main()
