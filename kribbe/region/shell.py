"""What this room gives the shell: the brand of each desk, and its entries in the navigation."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kribbe.region.branding import brand_of
from kribbe.region.selectors import desk_by_slug
from kribbe.region.settings_tabs import Tab
from kribbe.region.settings_tabs import register as register_tab
from kribbe.trust.permissions import Action
from kribbe.web.branding import Brand, register_brand_source
from kribbe.web.navigation import NavItem, register

TABS = (
    ("settings", _("Name and contacts")),
    ("settings_look", _("Look")),
    ("settings_logo", _("Logo")),
    ("settings_policy", _("Policy")),
    ("settings_reasons", _("Reasons")),
)


def hang() -> None:
    """Hand brands and entries to the shell; a second call does nothing more."""
    register_brand_source(brand)
    register(NavItem(_("How it works"), "region:how", "info", "public", order=20, arguments=as_visitor))
    register(NavItem(_("How it works"), "region:how", "info", "foot", order=10, arguments=at_desk))
    register(NavItem(_("Accessibility"), "region:accessibility", "eye", "foot", order=20, arguments=at_desk))
    register(NavItem(_("Privacy"), "region:privacy", "lock", "foot", order=30, arguments=at_desk))
    register(
        NavItem(
            _("Settings"),
            "region:settings",
            "settings",
            "admin",
            order=90,
            action=Action.DESK_SETTINGS,
            arguments=at_desk,
        )
    )
    for order, (name, label) in enumerate(TABS, start=1):
        register_tab(Tab(f"region:{name}", label, order=order * 10))


def brand(request: HttpRequest | None, slug: str) -> Brand | None:
    """The face of the desk with this slug, or of the request's."""
    if slug:
        desk = desk_by_slug(slug)
        return brand_of(desk) if desk else None
    found: Brand | None = getattr(request, "brand", None)
    return found


def at_desk(request: Any) -> Mapping[str, object] | None:
    """The desk that the request is for, as a part of an address; None where it is for none."""
    desk = getattr(request, "desk", None)
    return {"desk": desk.slug} if desk else None


def as_visitor(request: Any) -> Mapping[str, object] | None:
    """The same for who hasn't logged in: others find it at the foot, and their bar holds their own pages."""
    return None if request.user.is_authenticated else at_desk(request)
