"""Out-of-school care and care for sick children: who offers it, and how much."""

from django.db.models import Count, Q

from kribbe.config.export.columns import Column, Table
from kribbe.config.export.shared import (
    FOR_ITS_PAGE,
    PUBLIC_NUMBER,
    SHOWN_OTHERWISE,
    WORDS,
    listed,
    moment,
    since_until,
)
from kribbe.outofschool.models import Club, ClubRules, ClubTariff, HolidayWeek, Pickup, School
from kribbe.rules.small_numbers import hide
from kribbe.sickcare.models import SickCarer, SickService

SCHOOLS = Table(
    "schools",
    "Schools from which children are fetched.",
    School,
    (
        Column("school", "reference", "text", "Its reference, by which other tables name it."),
        Column("name", "name", "text", "Name."),
        Column("municipality", "municipality__nis_code", "text", "Where it lies.", "NIS code"),
        Column("community", "community", "text", "nl or fr: whose school holidays it has."),
        Column("street", "street", "text", "Street and number."),
        Column("postcode", "postcode", "text", "Postcode."),
        Column("city", "city", "text", "Town."),
        Column("longitude", "longitude", "number", "Degrees east.", "degrees, WGS84"),
        Column("latitude", "latitude", "number", "Degrees north.", "degrees, WGS84"),
        Column("begins_at", "begins_at", "time", "When school begins."),
        Column("ends_at", "ends_at", "time", "When it ends."),
        Column("wednesday_ends_at", "wednesday_ends_at", "time", "When it ends on Wednesday."),
        Column("active", "active", "yes/no", "Can be chosen."),
    ),
    desk="municipality__desk",
    order=("municipality__nis_code", "name", "pk"),
    left_out={"id": PUBLIC_NUMBER, "name_key": SHOWN_OTHERWISE},
)

CLUBS = Table(
    "clubs",
    "Out-of-school locations.",
    Club,
    (
        Column("club", "slug", "text", "Names it in addresses."),
        Column("desk", "desk__slug", "text", "Its desk."),
        Column("name", "name", "text", "Name."),
        Column("organiser", "organiser__name", "text", "Who runs it."),
        Column("location", "location__slug", "text", "The day care in whose house it is, if any."),
        Column("street", "street", "text", "Street and number."),
        Column("postcode", "postcode", "text", "Postcode."),
        Column("city", "city", "text", "Town."),
        Column("longitude", "longitude", "number", "Degrees east.", "degrees, WGS84"),
        Column("latitude", "latitude", "number", "Degrees north.", "degrees, WGS84"),
        Column("phone", "phone", "text", "Telephone."),
        Column("email", "email", "text", "Mail address."),
        Column("from_months", "from_months", "whole", "Youngest age.", "months"),
        Column("to_months", "to_months", "whole", "Oldest age.", "months"),
        Column("opens_at", "opens_at", "time", "Opening time."),
        Column("closes_at", "closes_at", "time", "Closing time."),
        Column("active", "active", "yes/no", "Shown to families."),
    ),
    desk="desk",
    order=("slug",),
    left_out={"id": PUBLIC_NUMBER, "name_key": SHOWN_OTHERWISE, "about": FOR_ITS_PAGE},
)

CLUB_TARIFFS = Table(
    "club_tariffs",
    "What out-of-school locations ask, from a day on.",
    ClubTariff,
    (
        Column("club", "club__slug", "text", "The club."),
        Column("from_day", "from_day", "date", "From this day on, until the next tariff."),
        Column("hour_price", "hour_price", "amount", "Price of an hour.", "euro"),
        Column("day_price", "day_price", "amount", "Price of a holiday; no day costs more.", "euro a day"),
        Column("half_day_price", "half_day_price", "amount", "Price of a short holiday day.", "euro"),
        Column(
            "half_day_minutes", "half_day_minutes", "whole", "Half a day is shorter than this.", "minutes"
        ),
        Column("sibling_discount", "sibling_discount", "number", "Off for siblings.", "share"),
        Column("every_sibling", "every_sibling", "yes/no", "All siblings have it, not all but one."),
        Column("social_discount", "social_discount", "number", "Off with the social tariff.", "share"),
    ),
    desk="club__desk",
    order=("club__slug", "from_day"),
    left_out={"id": PUBLIC_NUMBER},
)

PICKUPS = Table(
    "club_schools",
    "Which club fetches from which school.",
    Pickup,
    (
        Column("club", "club__slug", "text", "The club."),
        Column("school", "school__reference", "text", "The school."),
        Column("how", "how", "text", "How: on foot, by bus."),
    ),
    desk="club__desk",
    order=("club__slug", "school__reference"),
    left_out={"id": PUBLIC_NUMBER},
)

CLUB_RULES = Table(
    "club_rules",
    "The order in which a desk gives out-of-school places, and its terms.",
    ClubRules,
    (
        Column("desk", "desk__slug", "text", "The desk."),
        *since_until(),
        Column("criteria", "criteria", "text", "The order, the first one first.", "codes", shown=listed),
        Column("answer_days", "answer_days", "whole", "Term in which a family answers.", "days"),
        Column("step_minutes", "step_minutes", "whole", "Hours are counted by steps of this.", "minutes"),
        Column("rounding", "rounding", "text", "begun, nearest or whole step."),
        Column("least_minutes", "least_minutes", "whole", "Least that a stay counts for.", "minutes"),
        Column(
            "cancel_days", "cancel_days", "whole", "Until when a holiday week is given up for free.", "days"
        ),
        Column("unused_percent", "unused_percent", "whole", "Asked for a day kept for nothing.", "percent"),
    ),
    desk="desk",
    order=("desk__slug", "during"),
    left_out={"id": PUBLIC_NUMBER, "why": WORDS},
)

HOLIDAY_WEEKS = Table(
    "holiday_weeks",
    "Weeks of holidays that are taken as one.",
    HolidayWeek,
    (
        Column("week", "reference", "text", "Its reference."),
        Column("club", "club__slug", "text", "The club."),
        Column("name", "name", "text", "What it is called."),
        Column("first", "first", "date", "First day."),
        Column("last", "last", "date", "Last day."),
        moment("opens_at", "opens_at", "When registration opens."),
        moment("closes_at", "closes_at", "When it closes."),
        Column("places", "places", "whole", "Places.", "children"),
        Column("taken", "taken", "whole", "Places taken; empty from 1 to 4.", "children", shown=hide),
        Column("per_household", "per_household", "whole", "Most places of one family.", "children"),
    ),
    desk="club__desk",
    order=("first", "club__slug", "pk"),
    left_out={"id": PUBLIC_NUMBER},
)

SICK_SERVICES = Table(
    "sick_services",
    "Services that send somebody to a sick child.",
    SickService,
    (
        Column("desk", "desk__slug", "text", "The desk."),
        Column("name", "name", "text", "Name."),
        Column("phone", "phone", "text", "Telephone."),
        Column("answer_minutes", "answer_minutes", "whole", "Term in which a carer answers.", "minutes"),
        Column("asks_from", "asks_from", "time", "From when carers are asked."),
        Column("asks_until", "asks_until", "time", "Until when carers are asked."),
        Column("hour_price", "hour_price", "amount", "Price of an hour.", "euro"),
        Column("active", "active", "yes/no", "Can be asked."),
        Column(
            "carers",
            Count("carers", filter=Q(carers__active=True)),
            "whole",
            "Carers who can be asked; empty from 1 to 4.",
            "carers",
            shown=hide,
        ),
    ),
    desk="desk",
    order=("desk__slug",),
    left_out={"id": PUBLIC_NUMBER, "about": FOR_ITS_PAGE},
    feeds=(SickCarer,),
)
