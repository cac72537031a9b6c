"""Pictures that people send: judged by their bytes, and drawn anew so that nothing hidden travels with them.

What a phone adds (place, time, serial number) and whatever is appended to a picture is left behind; the
orientation that it notes is applied. Colours are brought to sRGB.
"""

import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

from kribbe.trust.errors import RefusedError

READ = ("JPEG", "PNG", "WEBP", "AVIF")
"""Formats that are read, by Pillow's names; what a file calls itself doesn't count."""

WIDTHS = (480, 960, 1600)
"""Widths in pixels at which a picture for a page is kept; never wider than it came."""

FORMATS = (("avif", "AVIF", 58), ("webp", "WEBP", 78), ("jpg", "JPEG", 82))
"""Suffix, Pillow's name and quality of what is kept, the format that weighs least first."""

HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
"""How files of HEIF name their kind."""

LOGO = (640, 160)
"""Width and height in pixels into which a logo is fitted."""

FACE = 144
"""Side in pixels of the square to which a face is cut."""

MOST_FACE = 6000
"""Bytes of a face: within a list of children it weighs at most 8 kB as text."""

FACE_QUALITIES = (82, 70, 55, 40, 25, 10)

MOST_PIXELS = 40_000_000
LEAST_SIDE = 200
LEAST_LOGO = 32
SRGB = ImageCms.createProfile("sRGB")
DISGUISE = re.compile(rb"<script[\s>]|<html[\s>]|<!doctype html|<\?php|<svg[\s>]", re.IGNORECASE)
"""What makes a program read a picture as a page or as code."""

UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    RuntimeError,
    MemoryError,
)
"""What Pillow raises on bytes that are no whole picture."""

BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)

warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One file of a picture: its name ("960.webp") and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture drawn anew. Width and height (pixels) are those of the widest file."""

    width: int
    height: int
    widths: tuple[int, ...]
    files: tuple[Drawn, ...]


def for_page(data: bytes) -> Picture:
    """The picture at each width that it fills, in every format. Raises RefusedError on what is no picture."""
    image = _opened(data, WIDTHS[-1])
    widths = tuple(sorted({min(width, image.width) for width in WIDTHS}))
    sized = [_at_width(image, width) for width in widths]
    files = tuple(drawn for each in sized for drawn in _in_each_format(each))
    return Picture(sized[-1].width, sized[-1].height, widths, files)


def for_reading(data: bytes) -> Picture:
    """One file, large enough to read a paper on it."""
    image = _opened(data, WIDTHS[-1])
    if image.width > WIDTHS[-1]:
        image = _at_width(image, WIDTHS[-1])
    return Picture(image.width, image.height, (image.width,), (Drawn("file.jpg", _bytes(image, "JPEG", 85)),))


def for_logo(data: bytes) -> Picture:
    """One small file that keeps what is see-through. Raises RefusedError on what is no picture."""
    image = _opened(data, LOGO[0], least=LEAST_LOGO, plain=_see_through)
    image.thumbnail(LOGO, Image.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return Picture(image.width, image.height, (image.width,), (Drawn("logo.png", out.getvalue()),))


def for_face(data: bytes) -> Picture:
    """One small square file of at most `MOST_FACE` bytes. Raises RefusedError on what is no picture."""
    image = ImageOps.fit(_opened(data, WIDTHS[0]), (FACE, FACE), Image.Resampling.LANCZOS)
    drawn = (_bytes(image, "JPEG", quality) for quality in FACE_QUALITIES)
    small = next(each for each in drawn if len(each) <= MOST_FACE)
    return Picture(FACE, FACE, (FACE,), (Drawn("face.jpg", small),))


def looks_like_picture(data: bytes) -> bool:
    """Whether the first bytes are those of a format that is read."""
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        (data[:4] == b"RIFF" and data[8:12] == b"WEBP") or data[4:12] in {b"ftypavif", b"ftypavis"}
    )


def looks_like_heic(data: bytes) -> bool:
    """Whether it is what an iPhone keeps its photos in."""
    return data[4:8] == b"ftyp" and data[8:12] in HEIC


def _opened(
    data: bytes,
    wide: int,
    *,
    least: int = LEAST_SIDE,
    plain: Callable[[Image.Image], Image.Image] | None = None,
) -> Image.Image:
    """The picture as it should be seen, decoded no larger than is needed for `wide` pixels."""
    refuse_disguised(data)
    try:
        image: Image.Image = Image.open(BytesIO(data), formats=READ)
        _check_size(image.size, least)
        image.draft("RGB", (wide, wide))
        image.load()
        return (plain or _plain)(ImageOps.exif_transpose(image))
    except BOMB as error:
        raise _too_many_pixels() from error
    except UNREADABLE as error:
        raise RefusedError(
            _("This picture is damaged or not complete. Open it on your device, save it again and send it."),
            code="damaged",
        ) from error


def refuse_disguised(data: bytes) -> None:
    """Raises RefusedError on a picture that is a page, a program or an archive as well."""
    if DISGUISE.search(data) or b"%PDF-" in data[:1024] or zipfile.is_zipfile(BytesIO(data)):
        raise RefusedError(
            _("Something else is hidden in this picture, so we don't take it. Take a new photo."),
            code="disguised",
        )


def _check_size(size: tuple[int, int], least: int) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise _too_many_pixels()
    if min(size) < least:
        raise RefusedError(
            _("This picture is too small: it needs at least %(least)s points on each side.")
            % {"least": least},
            code="too_small",
        )


def _too_many_pixels() -> RefusedError:
    return RefusedError(
        _("This picture has more than %(millions)s million points. Make it smaller.")
        % {"millions": MOST_PIXELS // 1_000_000},
        code="too_many_pixels",
    )


def _plain(image: Image.Image) -> Image.Image:
    """Opaque, in sRGB, without anything noted in it."""
    profile = image.info.get("icc_profile")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    plain = image.convert("RGB")
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            plain = ImageCms.profileToProfile(plain, source, SRGB, outputMode="RGB") or plain
    plain.info.clear()
    return plain


def _see_through(image: Image.Image) -> Image.Image:
    """With its transparency, without anything noted in it."""
    seen = image.convert("RGBA")
    seen.info.clear()
    return seen


def _at_width(image: Image.Image, width: int) -> Image.Image:
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _in_each_format(image: Image.Image) -> Iterator[Drawn]:
    for suffix, name, quality in FORMATS:
        yield Drawn(f"{image.width}.{suffix}", _bytes(image, name, quality))


def _bytes(image: Image.Image, name: str, quality: int) -> bytes:
    out = BytesIO()
    more = {"speed": 8} if name == "AVIF" else {"method": 3} if name == "WEBP" else {"optimize": True}
    image.save(out, name, quality=quality, **more)
    return out.getvalue()


def suffixes() -> Sequence[str]:
    """The formats that are kept, the one that weighs least first."""
    return [suffix for suffix, _name, _quality in FORMATS]
