"""Files for tests: real pictures and papers, and hostile ones, made here."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

from PIL import Image, ImageDraw, TiffImagePlugin
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

GPS = 0x8825


def photo(
    width: int = 1800, height: int = 1200, *, suffix: str = "JPEG", orientation: int = 1, place: bool = True
) -> bytes:
    """A picture as a phone makes it: it knows where it was taken, and which side is up. The left half is red."""
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).rectangle((0, 0, width // 2, height), fill="red")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Secret Phone"
    if place:
        exif[GPS] = {1: "N", 2: tuple(TiffImagePlugin.IFDRational(n) for n in (50, 52, 41))}
    out = BytesIO()
    image.save(out, suffix, exif=exif)
    return out.getvalue()


def garden() -> bytes:
    """A drawn garden, for pictures of the docs."""
    image = Image.new("RGB", (1600, 900), "#cfe8f3")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 600, 1600, 900), fill="#a9cf8e")
    draw.ellipse((1180, 80, 1380, 280), fill="#ffe8a3")
    draw.polygon([(220, 520), (500, 240), (780, 520)], fill="#c9743f")
    draw.rectangle((280, 520, 720, 740), fill="#fff7e8")
    draw.rectangle((450, 590, 550, 740), fill="#c9743f")
    draw.rounded_rectangle((980, 660, 1400, 760), radius=40, fill="#e8c98f")
    out = BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def paper(pages: int = 1) -> bytes:
    """A PDF of blank pages."""
    return _written(_writer(pages))


def paper_with_script() -> bytes:
    """A PDF that runs JavaScript when it is opened."""
    writer = _writer(1)
    writer._root_object[NameObject("/OpenAction")] = _action("JavaScript", "/JS", "app.alert('hello')")
    return _written(writer)


def paper_that_starts_something() -> bytes:
    """A PDF whose opening starts a program."""
    writer = _writer(1)
    writer._root_object[NameObject("/OpenAction")] = _action("Launch", "/F", "calc")
    return _written(writer)


def paper_with_hidden_script() -> bytes:
    """A PDF with a script in an object that nothing refers to, its name written in code (`/J#53`)."""
    plain = paper()
    before = plain.rindex(b"xref\n", 0, plain.rindex(b"startxref"))
    trailer = plain[plain.rindex(b"trailer") : plain.rindex(b"startxref")]
    body = plain + b"\n99 0 obj\n<< /S /Java#53cript /J#53 (app.alert(1)) >>\nendobj\n"
    return b"".join(
        [
            body,
            b"xref\n99 1\n%010d 00000 n \n" % (len(plain) + 1),
            trailer.replace(b"<<", b"<<\n/Prev %d" % before, 1),
            b"startxref\n%d\n%%%%EOF\n" % len(body),
        ]
    )


def paper_with_a_file_in_it() -> bytes:
    """A PDF that carries a program."""
    writer = _writer(1)
    writer.add_attachment("setup.exe", b"MZ")
    return _written(writer)


def closed_paper() -> bytes:
    """A PDF with a password."""
    writer = _writer(1)
    writer.encrypt("secret", algorithm="RC4-128")
    return _written(writer)


def paper_and_archive() -> bytes:
    """A PDF that is a ZIP as well."""
    return paper() + _archive() + b"%%EOF"


def picture_and_archive() -> bytes:
    """A JPEG that is a ZIP as well."""
    return photo(600, 400) + _archive()


def picture_and_page() -> bytes:
    """A JPEG in whose comment stands a web page."""
    out = BytesIO()
    Image.new("RGB", (600, 400)).save(out, "JPEG", comment=b"<html><script>alert(1)</script></html>")
    return out.getvalue()


def vector() -> bytes:
    """An SVG with a script."""
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def page() -> bytes:
    """A web page."""
    return b"<!doctype html><script>alert(1)</script>"


def bomb(side: int = 30_000) -> bytes:
    """A PNG of some kilobytes that unfolds to gigabytes."""
    packed = zlib.compressobj(9)
    rows = b"".join(packed.compress(b"\0" * (side // 8 + 1)) for _ in range(side)) + packed.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _action(kind: str, name: str, value: str) -> DictionaryObject:
    return DictionaryObject(
        {NameObject("/S"): NameObject(f"/{kind}"), NameObject(name): TextStringObject(value)}
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _archive() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.js", "alert(1)")
    return out.getvalue()


def _writer(pages: int) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    return writer


def _written(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
