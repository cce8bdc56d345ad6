"""What gets in comes out harmless; what is not a photo or a PDF does not get in."""

from __future__ import annotations

import io

import pikepdf
import pillow_heif
import pytest
from PIL import Image

from portal.requests.clean_upload import MOST_BYTES, FileRefused, Why, clean_upload, safe_name
from tests.requests.hostile_files import (
    GPS,
    REFUSED,
    active_pdf,
    photo_with_place,
    plain_pdf,
    sideways_photo,
)
from tests.requests.parents import photo


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_hostile_files_are_refused(what: str) -> None:
    """UPL-2"""
    name, data = REFUSED[what]
    with pytest.raises(FileRefused):
        clean_upload(name, data)


def test_a_photo_loses_where_it_was_taken() -> None:
    """UPL-4"""
    uploaded = photo_with_place()
    assert GPS.encode() in uploaded
    cleaned = clean_upload("a.jpg", uploaded)
    assert GPS.encode() not in cleaned.data
    with Image.open(io.BytesIO(cleaned.data)) as image:
        assert not image.getexif()
        assert image.size == (320, 240)
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_sideways_photo_is_turned() -> None:
    with Image.open(io.BytesIO(clean_upload("a.jpg", sideways_photo()).data)) as image:
        assert image.size == (20, 40)


def test_heic_becomes_jpeg() -> None:
    pillow_heif.register_heif_opener()
    with Image.open(io.BytesIO(photo())) as image:
        target = io.BytesIO()
        image.save(target, "HEIF", exif=b"Exif\x00\x00" + GPS.encode())
    cleaned = clean_upload("IMG_1.HEIC", target.getvalue())
    assert (cleaned.name, cleaned.media_type) == ("IMG_1.jpg", "image/jpeg")
    assert GPS.encode() not in cleaned.data


def test_a_transparent_png_stays_readable() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(target, "PNG")
    with Image.open(io.BytesIO(clean_upload("a.png", target.getvalue()).data)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_a_pdf_loses_what_acts_and_who_made_it() -> None:
    """UPL-2, UPL-4: scripts, launches, links out, attachments, XFA and metadata are gone."""
    cleaned = clean_upload("letter.pdf", active_pdf()).data
    with pikepdf.open(io.BytesIO(cleaned)) as pdf:
        plain = io.BytesIO()
        pdf.save(
            plain,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
        assert len(pdf.pages) == 1
        assert not pdf.attachments
    for word in (b"ACTIVE", b"JavaScript", b"/Launch", b"/URI", b"/XFA", b"/AA", GPS.encode()):
        assert word not in plain.getvalue(), word


def test_the_same_pdf_gives_the_same_bytes() -> None:
    uploaded = plain_pdf()
    assert clean_upload("a.pdf", uploaded).data == clean_upload("a.pdf", uploaded).data


def test_one_byte_too_many_is_refused() -> None:
    """UPL-1"""
    with pytest.raises(FileRefused) as refused:
        clean_upload("a.jpg", photo() + bytes(MOST_BYTES))
    assert refused.value.why is Why.TOO_LARGE


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("..\\..\\boot.jpg", "boot.jpg"),
        ('a"; filename="x.exe.jpg', "a__ filename__x.exe.jpg"),
        ("line\r\nSet-Cookie: a.jpg", "lineSet-Cookie_ a.jpg"),
        ("\u202egpj.exe.jpg", "gpj.exe.jpg"),
        ("=cmd|' /C calc'!A0.jpg", "C calc_!A0.jpg"),
        ("Überweisung März.JPG", "Überweisung März.jpg"),
        (".jpg", "file.jpg"),
        ("x" * 400 + ".jpg", "x" * 150 + ".jpg"),
    ],
)
def test_names_are_made_safe(typed: str, shown: str) -> None:
    """UPL-3, INJ-3: no folder, no line break, no direction sign, no quote, no formula."""
    assert safe_name(typed, "jpg") == shown


def test_a_nul_in_the_name_is_refused() -> None:
    """UPL-2"""
    with pytest.raises(FileRefused) as refused:
        clean_upload("a.php\x00.jpg", photo())
    assert refused.value.why is Why.NAME
