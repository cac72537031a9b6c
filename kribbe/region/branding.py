"""A desk's face, from its row."""

from django.conf import settings

from kribbe.region.models import Desk
from kribbe.web.branding import Brand


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
    )


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
