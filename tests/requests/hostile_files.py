"""Files that must not get in, and files that must come out harmless."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image

from tests.requests.parents import photo

GPS = "CANARYGPS"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def photo_with_place() -> bytes:
    """A JPEG that tells where and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = GPS
    exif[0x8825] = {1: "N", 2: (42.0, 21.0, 30.0), 3: "W", 4: (71.0, 3.0, 37.0)}
    return photo(exif=exif.tobytes(), comment=GPS.encode())


def sideways_photo() -> bytes:
    """40 wide and 20 high, to be turned by a quarter."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return photo(40, 20, exif=exif.tobytes())


def plain_pdf() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (200, 200), "white").save(target, "PDF", author=GPS, title=GPS)
    return target.getvalue()


def active_pdf() -> bytes:
    """A PDF with everything that acts, is attached or tells who made it."""
    name, dictionary = pikepdf.Name, pikepdf.Dictionary
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        script = dictionary(Type=name.Action, S=name.JavaScript, JS="app.alert('ACTIVE')")
        pdf.Root.OpenAction = script
        pdf.Root.AA = dictionary(WC=script)
        pdf.Root.AcroForm = dictionary(Fields=[], XFA=pdf.make_stream(b"<xdp>ACTIVE</xdp>"))
        pdf.Root.Metadata = pdf.make_stream(f"<x>{GPS}</x>".encode())
        pdf.attachments["run.txt"] = b"ACTIVE"
        launch = dictionary(S=name.Launch, F="ACTIVE.exe")
        away = dictionary(S=name.URI, URI="http://ACTIVE.example/")
        pdf.pages[0].Annots = pdf.make_indirect(
            pikepdf.Array(
                [
                    dictionary(Type=name.Annot, Subtype=name.Link, Rect=[0, 0, 9, 9], A=launch),
                    dictionary(Type=name.Annot, Subtype=name.Widget, Rect=[0, 0, 9, 9], A=away),
                ]
            )
        )
        pdf.pages[0].AA = dictionary(O=script)
        target = io.BytesIO()
        pdf.save(target)
    return target.getvalue()


def locked_pdf() -> bytes:
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        target = io.BytesIO()
        pdf.save(target, encryption=pikepdf.Encryption(owner="o", user="u"))
    return target.getvalue()


def pdf_with(content: bytes) -> bytes:
    """A PDF whose page's words are these bytes."""
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        pdf.pages[0].Contents = pdf.make_stream(content)
        target = io.BytesIO()
        pdf.save(target)
    return target.getvalue()


def pdf_bomb() -> bytes:
    """A few hundred kilobytes that unpack to more than 200 MB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(260)) + packer.flush()
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        stream = pdf.make_stream(b"")
        stream.write(packed, filter=pikepdf.Name.FlateDecode)
        pdf.pages[0].Contents = stream
        target = io.BytesIO()
        pdf.save(target)
    return target.getvalue()


def pixel_bomb() -> bytes:
    """A small PNG that says it is 50,000 by 50,000."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1_000_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def zip_file() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/vbaProject.bin", b"macro")
    return target.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"

REFUSED: dict[str, tuple[str, bytes]] = {
    "svg": ("picture.svg", SVG),
    "svg named as a photo": ("picture.jpg", SVG),
    "html": ("page.html", HTML),
    "html named as a pdf": ("page.pdf", HTML),
    "program named as a photo": ("run.jpg", b"MZ" + bytes(300)),
    "gif": ("moving.gif", photo(kind="GIF")),
    "gif named as a png": ("moving.png", photo(kind="GIF")),
    "word file with macros": ("letter.docm", zip_file()),
    "zip named as a pdf": ("letter.pdf", zip_file()),
    "double extension": ("paystub.php.jpg", photo()),
    "program behind the extension": ("paystub.jpg.exe", photo()),
    "nothing": ("paystub.jpg", b""),
    "photo that is cut short": ("paystub.jpg", photo()[:1500]),
    "photo with a zip behind it": ("paystub.jpg", photo() + zip_file()),
    "photo with a page behind it": ("paystub.jpg", photo() + HTML),
    "png with a pdf behind it": ("paystub.png", photo(kind="PNG") + plain_pdf()),
    "pdf with a zip behind it": ("letter.pdf", plain_pdf() + zip_file()),
    "page before a pdf": ("letter.pdf", HTML + plain_pdf()),
    "pdf named as a photo": ("letter.jpg", plain_pdf()),
    "photo named as a pdf": ("photo.pdf", photo()),
    "locked pdf": ("letter.pdf", locked_pdf()),
    "pdf of nothing": ("letter.pdf", b"%PDF-1.7\n%%EOF"),
    "pdf bomb": ("letter.pdf", pdf_bomb()),
    "pixel bomb": ("photo.png", pixel_bomb()),
    "test virus": ("virus.pdf", EICAR),
}
