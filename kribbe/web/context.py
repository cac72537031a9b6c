"""What every page's shell needs."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from kribbe.web.branding import Brand, brand_for
from kribbe.web.language import PARAMETER, in_language
from kribbe.web.navigation import Entry, RailSection, entries, nearest_only, rail_section

STAFF_SECTIONS = ("location", "desk", "policy", "admin")


@dataclass
class Shell:
    """Brand and navigation of one request, worked out only where a template asks."""

    request: HttpRequest

    @cached_property
    def brand(self) -> Brand:
        """The desk's brand."""
        return brand_for(self.request)

    @property
    def place(self) -> str:
        """The name of the location whose page is open (`request.place`), or nothing."""
        place = getattr(self.request, "place", None)
        return place.name if place else ""

    @property
    def is_demo(self) -> bool:
        """Whether this is the demo, with invented people and a mail page of its own."""
        return bool(settings.DEMO)

    @cached_property
    def description(self) -> str:
        """What search engines show under a page's title."""
        return _("Find childcare and register once, at %(name)s.") % {"name": self.brand.name}

    @cached_property
    def bar(self) -> list[Entry]:
        """The page bar: public entries, then the parent's."""
        return [*entries(self.request, "public"), *entries(self.request, "parent")]

    @cached_property
    def foot(self) -> list[Entry]:
        """Links at the foot of public pages."""
        return entries(self.request, "foot")

    @cached_property
    def account(self) -> list[Entry]:
        """The account menu."""
        return entries(self.request, "account")

    @cached_property
    def rail(self) -> list[RailSection]:
        """The staff rail: sections that hold something for this reader."""
        found = nearest_only({section: entries(self.request, section) for section in STAFF_SECTIONS})
        return [rail_section(section, shown) for section, shown in found.items() if shown]

    @cached_property
    def alternates(self) -> list[tuple[str, str]]:
        """The page's absolute address in each language, where who isn't logged in reads it; else nothing."""
        reader = getattr(self.request, "user", None)
        if reader is None or reader.is_authenticated or self.request.method != "GET":
            return []
        query = self.request.GET.copy()
        query.pop(PARAMETER, None)
        address = settings.BASE_URL + self.request.path + (f"?{query.urlencode()}" if query else "")
        return [
            *((code, in_language(address, code)) for code, _name in self.languages),
            ("x-default", address),
        ]

    @property
    def here(self) -> Entry | None:
        """The entry of the rail whose page is shown."""
        return next((entry for section in self.rail if (entry := section.current)), None)

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        """Code and own name of the languages to choose from."""
        known = dict(settings.LANGUAGES)
        return [
            (code, get_language_info(code)["name_local"]) for code in self.brand.languages if code in known
        ]


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)}
