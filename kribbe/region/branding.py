"""A desk's face, from its row."""

from django.conf import settings
from django.urls import reverse

from kribbe.region.models import Desk
from kribbe.trust import files
from kribbe.web.branding import Brand, Logo

LOGO_FILE = "logo.png"


def brand_of(desk: Desk) -> Brand:
    """Name, colours and contacts of a desk as the shell shows them."""
    return Brand(
        name=desk.shown_name,
        subtitle=desk.shown_subtitle,
        slug=desk.slug,
        logo_icon=desk.logo_icon,
        tokens=desk.tokens,
        phone=desk.phone,
        email=desk.email,
        languages=tuple(desk.public_languages),
        logo=logo_of(desk),
    )


def logo_of(desk: Desk) -> Logo | None:
    """The desk's own picture, if it gave one; its row is read only for its bytes."""
    if desk.logo_id is None:
        return None

    def read() -> bytes:
        path = files.folder(desk.logo.key) / LOGO_FILE if desk.logo else None
        return path.read_bytes() if path and path.is_file() else b""

    return Logo(reverse("region:logo", args=[desk.slug, desk.logo_id]), desk.logo_alt, read)


def house_brand() -> Brand:
    """The face of the installation itself, before a desk is chosen."""
    return Brand(
        name="Kribbe",
        subtitle="",
        slug="",
        logo_icon="leaf",
        tokens={},
        phone="",
        email="",
        languages=tuple(code for code, _name in settings.LANGUAGES),
    )
