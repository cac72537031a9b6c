"""Locations, who runs them, and what is published of them."""

from kribbe.config.export.columns import Column, Table
from kribbe.config.export.shared import (
    ACCOUNT,
    FOR_ITS_PAGE,
    PUBLIC_NUMBER,
    SHOWN_OTHERWISE,
    WORDS,
    listed,
    moment,
    pattern,
    since_until,
)
from kribbe.places.models import (
    CharterAgreement,
    ClosingDay,
    Group,
    GroupCapacity,
    Inspection,
    LicenceCheck,
    Location,
    LocationCriteria,
    OpenDay,
    Organiser,
    WeekdayHours,
)
from kribbe.planning.models import GroupTeam, HouseRules
from kribbe.rounds.models import TakesPart

LOCATIONS = Table(
    "locations",
    "Every location, open or not.",
    Location,
    (
        Column("location", "slug", "text", "Names the location in addresses; stays the same."),
        Column("name", "name", "text", "Name."),
        Column("desk", "desk__slug", "text", "Its desk."),
        Column("municipality", "municipality__nis_code", "text", "Where it lies.", "NIS code"),
        Column("municipality_name", "municipality__name_nl", "text", "Dutch name of the municipality."),
        Column("kind", "kind", "text", "group: day-care centre; family: family carer."),
        Column("licence_number", "licence_number", "text", "Number of the licence."),
        Column("licence_state", "licence_state", "text", "licensed, suspended, ended or unknown."),
        Column("licence_checked_on", "licence_checked_on", "date", "Day of the last check."),
        Column("street", "street", "text", "Street and number."),
        Column("postcode", "postcode", "text", "Postcode."),
        Column("city", "city", "text", "Town."),
        Column("longitude", "longitude", "number", "Degrees east.", "degrees, WGS84"),
        Column("latitude", "latitude", "number", "Degrees north.", "degrees, WGS84"),
        Column("organiser", "organiser__name", "text", "Who runs it."),
        Column(
            "organiser_number", "organiser__enterprise_number", "text", "Enterprise number of the organiser."
        ),
        Column("phone", "phone", "text", "Telephone."),
        Column("email", "email", "text", "Mail address."),
        Column("website", "website", "text", "Web address."),
        Column("languages", "languages", "text", "Languages spoken.", "ISO 639-1 codes", shown=listed),
        Column("inclusive", "inclusive", "yes/no", "Children with extra needs are welcome."),
        Column("plus_subsidy", "plus_subsidy", "yes/no", "Gets the plus subsidy for vulnerable families."),
        Column("opens_at", "opens_at", "time", "Opening time."),
        Column("closes_at", "closes_at", "time", "Closing time."),
        Column("morning_ends_at", "morning_ends_at", "time", "When the morning half-day ends."),
        Column("min_half_days", "min_half_days", "whole", "Least that a child comes.", "half-days a week"),
        Column("plan_kind", "plan_kind", "text", "fixed: the same days every week; variable."),
        Column("day_price", "day_price", "amount", "Fixed price of a full day.", "euro"),
        Column("deposit", "deposit", "amount", "Deposit asked.", "euro"),
        Column("active", "active", "yes/no", "Shown to families."),
        moment("looked_at", "looked_at", "When somebody of the location last looked."),
    ),
    desk="desk",
    order=("slug",),
    left_out={
        "id": PUBLIC_NUMBER,
        "point": SHOWN_OTHERWISE,
        "name_key": SHOWN_OTHERWISE,
        **dict.fromkeys(("approach", "accessibility", "visit", "food", "quality"), FOR_ITS_PAGE),
    },
)

GROUPS = Table(
    "groups",
    "The groups of each location.",
    Group,
    (
        Column("group", "pk", "whole", "Number of the group, by which capacities and free months name it."),
        Column("location", "location__slug", "text", "Its location."),
        Column("name", "name", "text", "Name."),
        Column("from_months", "from_months", "whole", "Youngest age.", "months"),
        Column("to_months", "to_months", "whole", "Oldest age.", "months"),
        Column("price_kind", "price_kind", "text", "income: by the family's income; free: a fixed price."),
        Column("active", "active", "yes/no", "In use."),
    ),
    desk="location__desk",
    order=("location__slug", "pk"),
)

CAPACITIES = Table(
    "capacities",
    "How many places a group has, from a day until another.",
    GroupCapacity,
    (
        Column("group", "group", "whole", "The group."),
        Column("since", "during__startswith", "date", "First day."),
        Column("until", "during__endswith", "date", "First day on which it no longer holds; empty: no end."),
        Column("licensed_places", "licensed_places", "whole", "Places on the licence.", "places"),
        Column("staffed_places", "staffed_places", "whole", "Places with a carer.", "places"),
        Column("bookable_places", "bookable_places", "whole", "Places that can be promised.", "places"),
        pattern("open_half_days", "open_pattern", "When the group is open."),
    ),
    desk="group__location__desk",
    order=("group", "during"),
    left_out={"id": PUBLIC_NUMBER},
)

CLOSING_DAYS = Table(
    "closing_days",
    "Days on which a location, or one group of it, is closed.",
    ClosingDay,
    (
        Column("location", "location__slug", "text", "The location."),
        Column("group", "group", "whole", "The group that closes; empty: the whole location."),
        Column("since", "during__startswith", "date", "First day."),
        Column("until", "during__endswith", "date", "First day on which it is open again."),
        Column("reason", "reason", "text", "What the location says."),
    ),
    desk="location__desk",
    order=("location__slug", "during", "group"),
    left_out={"id": PUBLIC_NUMBER},
)

ORGANISERS = Table(
    "organisers",
    "The legal persons that run locations.",
    Organiser,
    (
        Column("name", "name", "text", "Name."),
        Column("enterprise_number", "enterprise_number", "text", "Number in the register of enterprises."),
        Column("is_public", "is_public", "yes/no", "A public authority, such as a municipality."),
        Column("phone", "phone", "text", "Telephone."),
        Column("email", "email", "text", "Mail address."),
        Column("complaints", "complaints", "text", "Where its families can complain."),
    ),
    desk="locations__desk",
    order=("name", "pk"),
    left_out={"id": PUBLIC_NUMBER, "name_key": SHOWN_OTHERWISE},
)

LICENCE_NOTES = Table(
    "licence_notes",
    "Each look at a location's licence; the last one holds.",
    LicenceCheck,
    (
        Column("location", "location__slug", "text", "The location."),
        Column("checked_on", "checked_on", "date", "Day on which it was looked up."),
        Column("state", "state", "text", "licensed, suspended, ended or unknown."),
        moment("noted_at", "noted_at", "When it was noted."),
        Column("noted_name", "noted_name", "text", "Who noted it.", personal=True),
    ),
    desk="location__desk",
    order=("location__slug", "noted_at", "pk"),
    left_out={"id": PUBLIC_NUMBER, "noted_by": ACCOUNT, "source": WORDS},
)

INSPECTIONS = Table(
    "inspections",
    "Reports of the inspectorate that stand on a location's page.",
    Inspection,
    (
        Column("location", "location__slug", "text", "The location."),
        Column("day", "day", "date", "Day of the report."),
        Column("title", "title", "text", "Its title."),
        Column("url", "url", "text", "Where it is published; empty where the paper was uploaded."),
        moment("removed_at", "removed_at", "When it was taken off the page."),
    ),
    desk="location__desk",
    order=("location__slug", "day", "pk"),
    left_out={"id": PUBLIC_NUMBER, "file": "is a document, on the location's page"},
)

OPEN_DAYS = Table(
    "open_days",
    "Days on which families may come and look without an appointment.",
    OpenDay,
    (
        Column("location", "location__slug", "text", "The location."),
        Column("day", "day", "date", "The day."),
        Column("starts_at", "starts_at", "time", "From when."),
        Column("ends_at", "ends_at", "time", "Until when."),
        moment("removed_at", "removed_at", "When it was called off."),
    ),
    desk="location__desk",
    order=("location__slug", "day", "pk"),
    left_out={"id": PUBLIC_NUMBER, "note": FOR_ITS_PAGE},
)

WEEKDAY_HOURS = Table(
    "weekday_hours",
    "Opening hours of a weekday, where they differ from the location's usual ones.",
    WeekdayHours,
    (
        Column("location", "location__slug", "text", "The location."),
        Column("weekday", "weekday", "whole", "The weekday.", "0 is Monday"),
        Column("opens_at", "opens_at", "time", "Opening time; empty: closed."),
        Column("closes_at", "closes_at", "time", "Closing time; empty: closed."),
    ),
    desk="location__desk",
    order=("location__slug", "weekday"),
    left_out={"id": PUBLIC_NUMBER},
)

CRITERIA = Table(
    "criteria",
    "The order that a location published, after the law.",
    LocationCriteria,
    (
        Column("location", "location__slug", "text", "The location."),
        *since_until(),
        Column("names", "names", "text", "Its criteria, the first one first.", "codes", shown=listed),
        moment("recorded_at", "recorded_at", "When it was published."),
    ),
    desk="location__desk",
    order=("location__slug", "during", "pk"),
    left_out={"id": PUBLIC_NUMBER, "motive": WORDS},
)

CHARTER_AGREEMENTS = Table(
    "charter_agreements",
    "Locations that agreed to the rules of their desk.",
    CharterAgreement,
    (
        Column("location", "location__slug", "text", "The location."),
        Column("version", "charter__version", "whole", "The version of the rules."),
        moment("agreed_at", "agreed_at", "When."),
        Column("agreed_name", "agreed_name", "text", "Who agreed.", personal=True),
    ),
    desk="location__desk",
    order=("location__slug", "charter__version", "pk"),
    left_out={"id": PUBLIC_NUMBER, "agreed_by": ACCOUNT},
)

HOUSE_RULES = Table(
    "house_rules",
    "What a location's published house rules say of notice and absence.",
    HouseRules,
    (
        Column("location", "location__slug", "text", "The location."),
        Column("version", "version", "whole", "The version."),
        Column("from_day", "from_day", "date", "First day on which it holds."),
        Column("notice_days", "notice_days", "whole", "Notice that a family gives.", "days"),
        Column("allowance_days", "allowance_days", "number", "Absences a year that cost nothing.", "days"),
        Column("allowance_half_days", "allowance_half_days", "yes/no", "Half a day counts as half a one."),
        Column("allowance_rounding", "allowance_rounding", "text", "up or down, for part of a year."),
        Column("told_by", "told_by", "time", "Until when an absence is told in time."),
        Column("told_days_before", "told_days_before", "whole", "So long before the absence.", "days"),
        Column("absence_full", "absence_full", "amount", "Asked for a full day not told in time.", "euro"),
        Column("absence_half", "absence_half", "amount", "Asked for half a day not told in time.", "euro"),
        Column("ill_days", "ill_days", "whole", "Free days of illness a year; empty: all.", "days"),
        Column("ill_note", "ill_note", "yes/no", "A free day of illness needs a doctor's note."),
        Column("visits_charged", "visits_charged", "yes/no", "Visits to get used cost the ordinary price."),
        moment("published_at", "published_at", "When it was published."),
    ),
    desk="location__desk",
    order=("location__slug", "version"),
    left_out={"id": PUBLIC_NUMBER, "published_by": ACCOUNT},
)

GROUP_TEAMS = Table(
    "group_teams",
    "The layout that a location chose for a group, and how many carers it plans.",
    GroupTeam,
    (
        Column("group", "group", "whole", "The group."),
        *since_until(),
        Column("layout", "layout", "text", "babies, toddlers or mixed."),
        Column(
            "carers",
            "carers",
            "text",
            "Carers planned by half-day, Monday morning first.",
            "carers",
            shown=listed,
        ),
    ),
    desk="group__location__desk",
    order=("group", "during"),
    left_out={"id": PUBLIC_NUMBER},
)

TAKE_PART = Table(
    "locations_in_rounds",
    "Locations that take part in their desk's rounds; the others keep their own hand.",
    TakesPart,
    (
        Column("location", "location__slug", "text", "The location."),
        moment("since", "since", "Since when."),
    ),
    desk="location__desk",
    order=("location__slug",),
    left_out={"id": PUBLIC_NUMBER, "by": ACCOUNT},
)
