"""Clean one file that a parent sent: run as a process of its own, with hard limits.

    python -I clean_file.py < upload > cleaned

The first line of the answer is `ok <media type>` or `refused <code>`, the rest the cleaned bytes.
Images are decoded and encoded anew: place, camera and everything hidden behind the picture stay
behind (UPL-4). PDFs are rewritten without anything that acts: scripts, launches, links out,
attachments, forms of the XFA kind, metadata. The module imports nothing of ours: a file that breaks
a decoder breaks a process that holds no keys and sees no database (UPL-2).
"""

from __future__ import annotations

import io
import re
import resource
import struct
import sys
import zipfile
import zlib
from typing import Any

import pikepdf
import pillow_heif
import puremagic
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 60_000_000
LONGEST_SIDE = 4096
MOST_PDF_OBJECTS = 100_000
MOST_PDF_PAGES = 300
MOST_UNPACKED = 200_000_000
_MEMORY = 2_000_000_000
_CPU_SECONDS = 40

PDF, JPEG, PNG, HEIC = "application/pdf", "image/jpeg", "image/png", "image/heic"
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_SECOND_FILE = re.compile(
    rb"%PDF-\d|<html|<script|<svg|<\?php|<!doctype|PK\x03\x04|\x7fELF|MZ.{10,80}This program",
    re.IGNORECASE | re.DOTALL,
)
_BAD_KEYS = (
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/AF", "/XFA",
    "/Metadata", "/PieceInfo", "/Collection", "/RichMediaContent", "/RichMediaSettings", "/URI",
    "/Launch", "/EF", "/LastModified", "/SpiderInfo", "/Perms", "/Thumb",
)  # fmt: skip
_GOOD_ACTIONS = ("/GoTo", "/Named")
_BAD_ANNOTATIONS = ("/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/Link")


class Refused(Exception):
    """The file is not taken; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean(data: bytes) -> tuple[str, bytes]:
    """The media type and the cleaned bytes of an upload. Raises `Refused`."""
    kind = kind_of(data)
    if kind is None:
        raise Refused("kind")
    if zipfile.is_zipfile(io.BytesIO(data)) or _SECOND_FILE.search(_after_end(kind, data)):
        raise Refused("two_in_one")
    if kind == PDF:
        return PDF, clean_pdf(data)
    return clean_image(kind, data)


def kind_of(data: bytes) -> str | None:
    """What the bytes say they are, of what is allowed; two readers have to agree."""
    if data.startswith(b"%PDF-"):
        first = PDF
    elif data.startswith(b"\xff\xd8\xff"):
        first = JPEG
    elif data.startswith(b"\x89PNG\r\n\x1a\n"):
        first = PNG
    elif data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return HEIC
    else:
        return None
    try:
        found = {match.mime_type for match in puremagic.magic_string(data[:4096])}
    except (puremagic.PureError, ValueError):
        return None
    return first if first in found else None


def _after_end(kind: str, data: bytes) -> bytes:
    """What follows the end of the picture or document: where a second file would hide."""
    if kind == PDF:
        end = data.rfind(b"%%EOF")
        return data[end + 5 :] if end >= 0 else b""
    if kind == PNG:
        end = data.find(b"IEND")
        return data[end + 8 :] if end >= 0 else b""
    return data[_jpeg_end(data) :] if kind == JPEG else b""


def _jpeg_end(data: bytes) -> int:
    """The offset behind the end-of-image marker; segments are stepped over, so that a preview
    inside one does not count."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            at += 1
            continue
        marker = data[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:  # picture data: the next FF that is not stuffed ends it
            while at + 1 < len(data) and not (data[at] == 0xFF and data[at + 1] not in _STUFFED):
                at += 1
    return len(data)


_STUFFED = frozenset({0x00, *range(0xD0, 0xD8)})


def clean_image(kind: str, data: bytes) -> tuple[str, bytes]:
    """A picture decoded, turned upright and encoded anew, without any metadata."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    formats = {JPEG: ["JPEG", "MPO"], PNG: ["PNG"], HEIC: ["HEIF"]}[kind]
    if kind == HEIC:
        pillow_heif.register_heif_opener()
    try:
        with Image.open(io.BytesIO(data), formats=formats) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refused("too_many_pixels")
            if kind == JPEG:  # decode a huge photo at half its size, in a quarter of the memory
                image.draft("RGB", (LONGEST_SIDE * 3 // 4, LONGEST_SIDE * 3 // 4))
            image.load()
            picture = _upright(image)
    except Image.DecompressionBombError:
        raise Refused("too_many_pixels") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, RuntimeError, EOFError):
        raise Refused("unreadable") from None
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _encode(picture, as_png=kind == PNG)


def _upright(image: Image.Image) -> Image.Image:
    """The picture turned as its camera says; what a broken note of the camera says is nothing."""
    try:
        return ImageOps.exif_transpose(image)
    except (SyntaxError, ValueError, TypeError, KeyError, OSError, struct.error):
        return image.copy()


def _encode(picture: Image.Image, *, as_png: bool) -> tuple[str, bytes]:
    """Copy the pixels alone into a new picture, so that nothing else can come along."""
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    pixels = picture.convert("RGBA" if has_alpha else "RGB")
    flat = Image.new("RGB", pixels.size, "white")
    flat.paste(pixels, mask=pixels.getchannel("A") if has_alpha else None)
    target = io.BytesIO()
    if as_png:
        flat.save(target, "PNG", optimize=False)
        if target.tell() <= 8_000_000:
            return PNG, target.getvalue()
        target = io.BytesIO()
    flat.save(target, "JPEG", quality=85)
    return JPEG, target.getvalue()


def clean_pdf(data: bytes) -> bytes:
    """A PDF rewritten without anything that acts, is attached, or tells who made it where."""
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            return _rewrite(pdf)
    except pikepdf.PasswordError:
        raise Refused("locked") from None
    except (pikepdf.PdfError, ValueError, OSError, RuntimeError, TypeError, RecursionError):
        raise Refused("unreadable") from None


def _rewrite(pdf: pikepdf.Pdf) -> bytes:
    if len(pdf.objects) > MOST_PDF_OBJECTS or not 0 < len(pdf.pages) <= MOST_PDF_PAGES:
        raise Refused("too_large_inside")
    budget = MOST_UNPACKED
    for found in pdf.objects:
        if isinstance(found, pikepdf.Stream):
            budget -= _unpacked(found, budget)
            if budget <= 0 or _pixels(found) > MOST_PIXELS:
                raise Refused("too_large_inside")
        _defuse(found)
    for page in pdf.pages:
        _drop_annotations(page)
    for key in ("/Names", "/Extensions", "/Collection", "/Legal"):
        if key in pdf.Root:
            del pdf.Root[key]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    target = io.BytesIO()
    pdf.remove_unreferenced_resources()
    pdf.save(
        target,
        static_id=True,
        compress_streams=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        encryption=False,
    )
    return target.getvalue()


def _defuse(found: Any, depth: int = 0) -> None:
    """Take what acts out of an object and out of what it holds directly."""
    if depth > 40:
        raise Refused("too_large_inside")
    if isinstance(found, pikepdf.Stream):
        found = found.stream_dict
    if isinstance(found, pikepdf.Dictionary):
        _defuse_dictionary(found)
        children = [value for _, value in found.items()]
    elif isinstance(found, pikepdf.Array):
        children = list(found)
    else:
        return
    for child in children:
        direct = isinstance(child, pikepdf.Object) and not child.is_indirect
        if direct and isinstance(child, (pikepdf.Dictionary, pikepdf.Array)):
            _defuse(child, depth + 1)


def _defuse_dictionary(found: Any) -> None:
    for key in _BAD_KEYS:
        if key in found:
            del found[key]
    action = found.get("/S")
    is_action = isinstance(action, pikepdf.Name) and str(found.get("/Type", "")) == "/Action"
    if "/A" in found and _acts(found.get("/A")):
        del found["/A"]
    if is_action and str(action) not in _GOOD_ACTIONS:
        for key in list(found.keys()):
            del found[key]


def _acts(action: Any) -> bool:
    if not isinstance(action, pikepdf.Dictionary) or "/S" not in action:
        return False
    return str(action.get("/S")) not in _GOOD_ACTIONS or "/Next" in action


def _drop_annotations(page: pikepdf.Page) -> None:
    annotations = page.obj.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return
    kept = [
        one
        for one in list(annotations)
        if isinstance(one, pikepdf.Dictionary)
        and str(one.get("/Subtype", "")) not in _BAD_ANNOTATIONS
    ]
    page.obj["/Annots"] = pikepdf.Array(kept)


def _unpacked(stream: pikepdf.Stream, most: int) -> int:
    """How many bytes a stream comes to, counted no further than `most`."""
    filters = stream.get("/Filter")
    names = list(filters) if isinstance(filters, pikepdf.Array) else [filters]
    raw = stream.read_raw_bytes()
    if sum(str(name) in ("/FlateDecode", "/Fl") for name in names) > 1:
        raise Refused("too_large_inside")  # packed twice: only bombs are
    if not names or str(names[0]) not in ("/FlateDecode", "/Fl"):
        return len(raw)
    unpacker, total = zlib.decompressobj(), 0
    while raw and total <= most:
        try:
            total += len(unpacker.decompress(raw, 1_000_000))
        except zlib.error:
            return total
        raw = unpacker.unconsumed_tail
    return total


def _pixels(stream: pikepdf.Stream) -> int:
    try:
        return int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
    except (TypeError, ValueError):
        return 0


def _limit_this_process() -> None:
    for limit, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def main() -> None:
    """Clean what comes on standard input."""
    _limit_this_process()
    try:
        media_type, cleaned = clean(sys.stdin.buffer.read())
    except Refused as refused:
        sys.stdout.buffer.write(f"refused {refused.code}\n".encode())
        return
    except MemoryError:
        sys.stdout.buffer.write(b"refused too_large_inside\n")
        return
    sys.stdout.buffer.write(f"ok {media_type}\n".encode() + cleaned)


if __name__ == "__main__":
    main()
