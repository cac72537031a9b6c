"""Constant example data for the gallery. All people and places are invented."""

import json
from dataclasses import dataclass, field
from decimal import Decimal

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kribbe.web import weeks
from kribbe.web.branding import Brand
from kribbe.web.components import Chip, Event, Option, Point, ProgressStep, QueueRow, Ranked, ResultCard, Step
from kribbe.web.forms import DayField, HalfDayPicker, NameField, PatternField, RadioCards
from kribbe.web.navigation import Entry, RailSection, rail_section
from kribbe.web.templatetags.telling import km, money
from kribbe.web.weeks import WORKWEEK

ASKED = 0b0001001111
"""Monday and Tuesday the whole day, Thursday morning."""

HOME = (4.7005, 50.8792)

_PLACES = (
    ("De Notelaar", "Notelaarstraat 4", 0.6, 1023 ^ 0b0000100000, 4.7062, 50.8836),
    ("Onthaalouder Samira", "Vijverlaan 31", 0.9, 0b0011001111, 4.6921, 50.8741),
    ("’t Zonnetje", "Stationsplein 9", 1.2, 0b1100110100, 4.7132, 50.8718),
    ("Het Molentje", "Molenweg 112", 1.4, 0b0011111111, 4.6865, 50.8871),
    ("De Regenboog", "Kasteeldreef 2", 2.3, 0, 4.7241, 50.8893),
)


@dataclass(frozen=True)
class SampleUser:
    """Somebody who is logged in."""

    name: str
    is_authenticated: bool = True

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class SampleShell:
    """Stands in for `context.Shell` with made-up navigation."""

    bar: list[Entry]
    rail: list[RailSection] = field(default_factory=list)
    account: list[Entry] = field(default_factory=list)
    foot: list[Entry] = field(default_factory=list)
    languages: tuple[tuple[str, str], ...] = (("nl", "Nederlands"), ("en", "English"))

    description: str = ""

    @property
    def here(self) -> Entry | None:
        """The entry of the rail whose page is shown."""
        return self.rail[0].current if self.rail else None

    @property
    def brand(self) -> Brand:
        """An invented municipality."""
        return Brand(
            name="Lindedaal",
            subtitle=_("Childcare desk"),
            slug="lindedaal",
            phone="02 555 01 10",
            email="opvang@lindedaal.example",
        )


def _entry(label: str, icon: str, badge: str = "", is_current: bool = False) -> Entry:
    return Entry(label, "#main", icon, badge, is_current)


def _foot() -> list[Entry]:
    return [
        _entry(_("How it works"), "info"),
        _entry(_("Accessibility"), "eye"),
        _entry(_("Privacy"), "lock"),
    ]


def _public_shell() -> SampleShell:
    bar = [_entry(_("Find childcare"), "search", is_current=True), _entry(_("How it works"), "info")]
    return SampleShell(bar=bar, foot=_foot())


def _parent_shell() -> SampleShell:
    bar = [_entry(_("My children"), "baby", is_current=True), _entry(_("Messages"), "mail", "1")]
    return SampleShell(bar=bar, foot=_foot())


def _staff_shell() -> SampleShell:
    rail = [
        _entry(_("Today"), "sun"),
        _entry(_("Waiting list"), "clipboard-list", "38", is_current=True),
        _entry(_("Offers"), "send", "3"),
        _entry(_("Week and year"), "calendar-days"),
        _entry(_("Children"), "baby"),
        _entry(_("Team"), "users"),
        _entry(_("Messages"), "mail", "2"),
        _entry(_("Invoices"), "euro"),
        _entry(_("Settings"), "settings"),
    ]
    return SampleShell(bar=[_entry(_("Help"), "circle-question-mark")], rail=[rail_section("location", rail)])


def _points_of(free: int) -> tuple[Point, ...]:
    fits, asked = (free & ASKED).bit_count(), ASKED.bit_count()
    if fits == asked:
        first = Point(
            "circle-check", _("Free on all your days from %(month)s") % {"month": _("March")}, "good"
        )
    elif fits:
        first = Point(
            "clock", _("Free on %(fit)d of your %(asked)d half-days") % {"fit": fits, "asked": asked}, "warn"
        )
    else:
        first = Point("circle-x", _("Full on your days until %(month)s") % {"month": _("September")}, "bad")
    price = Point("euro", _("%(amount)s a day on an average income") % {"amount": money(Decimal("6.34"))})
    wait = Point("hourglass", _("Families waited %(time)s") % {"time": _("5 months")})
    return first, price, wait


def cards() -> list[ResultCard]:
    """The example places as result cards."""
    found = []
    for number, (name, street, distance, free, _x, _y) in enumerate(_PLACES, 1):
        kind = _("Family care") if "Samira" in name else _("Day-care centre")
        line = f"{kind} · {street} · {km(distance)}"
        found.append(ResultCard(number, name, "#main", line, free, ASKED, WORKWEEK, _points_of(free), number))
    return found


def points() -> str:
    """The example places as GeoJSON."""
    features = []
    for card, (name, _s, _d, _f, x, y) in zip(cards(), _PLACES, strict=True):
        properties = {"id": card.id, "name": name, "url": "#main", "number": card.number, "free": card.tone}
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [x, y]},
                "properties": properties,
            }
        )
    return json.dumps({"type": "FeatureCollection", "features": features})


def areas() -> str:
    """The outline of the invented municipality."""
    ring = [
        [4.67, 50.86],
        [4.675, 50.895],
        [4.70, 50.902],
        [4.735, 50.896],
        [4.738, 50.868],
        [4.71, 50.858],
        [4.67, 50.86],
    ]
    feature = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {}}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


class SearchForm(forms.Form):
    """The search strip."""

    address = forms.CharField(label=gettext_lazy("Address or postcode"), initial="Kerkstraat 12, Lindedaal")
    start = forms.ChoiceField(
        label=gettext_lazy("From"), choices=[("2027-03", "maart 2027"), ("2027-04", "april 2027")]
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of care"),
        choices=[("", gettext_lazy("All kinds")), ("family", gettext_lazy("Family care"))],
    )


def search() -> dict[str, object]:
    """Context of the search screen."""
    return {
        "shell": _public_shell(),
        "form": SearchForm(),
        "cards": cards(),
        "asked": ASKED,
        "chips": _chips(),
        "points_url": reverse("web:gallery_points"),
        "areas_url": reverse("web:gallery_areas"),
        "home": f"{HOME[0]},{HOME[1]}",
    }


def _chips() -> list[Chip]:
    return [
        Chip(_("Free on all my days"), "#main", is_on=True),
        Chip(_("Price by income"), "#main"),
        Chip(_("Open before 7 o’clock"), "#main"),
        Chip(_("More"), "#main", icon="sliders-horizontal"),
    ]


def _steps() -> list[Step]:
    return [
        Step(_("Your child"), "#main"),
        Step(_("Days and start")),
        Step(_("Your choices")),
        Step(_("Check")),
    ]


def _flexibility() -> list[Option]:
    return [
        Option("no", _("No, only these days"), _("We only look for places that fit them.")),
        Option("count", _("Yes, as long as it is 5 half-days"), _("Your chance grows at 6 of the 9 places.")),
        Option("fewer", _("I also want to start with fewer days"), _("You stay on the list for the rest.")),
    ]


def request() -> dict[str, object]:
    """Context of the request screen."""
    counts = [(_("Places within 3 km"), 9), (_("Free on all your days"), 4), (_("Free on a part"), 3)]
    return {
        "shell": _parent_shell(),
        "user": SampleUser("Els Maes"),
        "steps": _steps(),
        "asked": ASKED,
        "flexibility": _flexibility(),
        "counts": counts,
        "price": money(77),
        "income": money(38000),
        "starts": ["1 maart 2027", "1 april 2027", "1 mei 2027", "1 juni 2027"],
    }


_WEDNESDAY_FULL = WORKWEEK ^ 0b0000110000
_QUEUE = (
    ("Noor M.", 8, "01.03.2027", "14.05.2026", ASKED, "sibling"),
    ("Ilyas B.", 11, "01.03.2027", "02.06.2026", 0b0011000011, "urgent"),
    ("Fien D.W.", 7, "01.04.2027", "09.06.2026", 0b1100111111, "work"),
    ("Emile V.", 10, "15.03.2027", "21.06.2026", 0b1111000000, "work"),
    ("Zofia K.", 6, "01.03.2027", "30.06.2026", 0b1111001111, "single"),
    ("Mats P.", 9, "01.05.2027", "04.07.2026", 0b1100110000, ""),
    ("Amira E.", 8, "01.03.2027", "11.07.2026", WORKWEEK, "work"),
    ("Lou S.", 5, "01.06.2027", "18.07.2026", 0b0000110011, ""),
)


def _rows() -> list[QueueRow]:
    words = {
        "sibling": (_("Brother or sister"), "blue"),
        "urgent": (_("Urgent"), "bad"),
        "work": (_("Work"), ""),
        "single": (_("Single parent"), "blue"),
    }
    return [
        QueueRow(
            number=number,
            name=name,
            url="#main",
            detail=_("%(count)d months") % {"count": age},
            start=start,
            since=since,
            asked=asked,
            free=_WEDNESDAY_FULL,
            action_url="#main",
            action_label=_("Make an offer"),
            tags=(words[ground],) if ground else (),
            key=str(number),
        )
        for number, (name, age, start, since, asked, ground) in enumerate(_QUEUE, 1)
    ]


def waiting_list() -> dict[str, object]:
    """Context of the waiting list screen."""
    return {
        "shell": _staff_shell(),
        "user": SampleUser("Katrien V."),
        "place_name": "De Notelaar",
        "rows": _rows(),
        "free": [2, 2, 2, 1, 0, 0, 1, 1, 3, 4],
        "groups": ["Lieveheersbeestjes (0 tot 1,5 jaar)", "Vlinders (1,5 tot 3 jaar)"],
        "months": ["maart 2027", "april 2027"],
    }


class SampleForm(forms.Form):
    """One field of every kind."""

    name = NameField(label=gettext_lazy("First name"), help_text=gettext_lazy("As on the birth certificate."))
    birth = DayField(
        gettext_lazy("Date of birth"),
    )
    mail = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of care"),
        choices=[("", gettext_lazy("All kinds")), ("family", gettext_lazy("Family care"))],
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages at home"),
        choices=[("nl", "Nederlands"), ("fr", "Français"), ("en", "English")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    start = forms.ChoiceField(
        label=gettext_lazy("May it be later?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect,
    )
    flex = forms.ChoiceField(
        label=gettext_lazy("Can it be other days too?"),
        choices=[
            ("no", gettext_lazy("No, only these days")),
            ("fewer", gettext_lazy("I also want to start with fewer days")),
        ],
        widget=RadioCards(hints={"no": gettext_lazy("We only look for places that fit them.")}),
    )
    pattern = PatternField(label=gettext_lazy("Which half-days?"), widget=HalfDayPicker(small=True))
    remark = forms.CharField(label=gettext_lazy("Anything else?"), widget=forms.Textarea, required=False)
    paper = forms.FileField(label=gettext_lazy("A document"), required=False)
    agree = forms.BooleanField(
        label=gettext_lazy("I have read how places are given"),
        help_text=gettext_lazy("It takes two minutes."),
    )


def components() -> dict[str, object]:
    """Context of the gallery."""
    progress = [
        ProgressStep(_("Registered"), "done", "14.05.2026"),
        ProgressStep(_("On the list of 3 places"), "now", "", _("You are third at De Notelaar.")),
        ProgressStep(_("An offer"), "next"),
        ProgressStep(_("Signed"), "next"),
    ]
    events = [
        Event(
            "02.06.2026",
            _("A brother of a child here registered"),
            _("You went from second to third."),
            "users",
            "warn",
        ),
        Event("14.05.2026", _("You registered"), "", "check", "good"),
        Event("10.05.2026", _("You saved a first version"), "", "save"),
    ]
    wishes = [
        Ranked("11", "De Notelaar", _("Day-care centre") + f" · {km(0.6)}"),
        Ranked("12", "Onthaalouder Samira", _("Family care") + f" · {km(0.9)}"),
        Ranked("13", "’t Zonnetje", _("Day-care centre") + f" · {km(1.2)}"),
    ]
    return {
        "shell": _public_shell(),
        "form": SampleForm(initial={"flex": "no", "start": "yes", "pattern": ASKED}),
        "wrong": SampleForm(data={"name": "", "mail": "els@"}, auto_id="wrong_%s"),
        "cards": cards()[:3],
        "asked": ASKED,
        "free": [2, 2, 2, 1, 0, 0, 1, -1, 3, None],
        "progress": progress,
        "events": events,
        "wishes": wishes,
        "rows": _rows()[:3],
        "chips": _chips(),
        "steps": _steps(),
        "series": [310, 332, 325, 361, 378, 402, 412],
        "pairs": [(_("Start"), "1 maart 2027"), (_("Half-days"), weeks.week_words(ASKED))],
        "counts": [(_("Places within 3 km"), 9), (_("Free on a part"), 3)],
        "flexibility": _flexibility(),
        "icons": ICONS,
        "houses": range(1, 13),
        "mistakes": [_("Choose at least one half-day.")],
        "tones": ["", "blue", "good", "warn", "bad", "primary"],
    }


ICONS = (
    "baby",
    "calendar-days",
    "clipboard-list",
    "clock",
    "euro",
    "hand-heart",
    "hourglass",
    "inbox",
    "key-round",
    "leaf",
    "list-ordered",
    "mail",
    "map-pin",
    "piggy-bank",
    "scale",
    "send",
    "shield",
    "sun",
    "tree-pine",
    "users",
)
