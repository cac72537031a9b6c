"""The tables that a city gets."""

from typing import Any

from django.db.models.functions import TruncMonth

from kribbe.config.export.columns import Column, Counts, Table
from kribbe.config.export.counts import (
    AUDIT_COLUMNS,
    FREE_COLUMNS,
    MONTH_COLUMNS,
    audit_counts,
    free_months,
    month_counts,
)
from kribbe.enrolment.models import CareRequest, Offer, Placement, Preference
from kribbe.places.models import ClosingDay, Group, GroupCapacity, Location
from kribbe.rules.halfdays import WeekPattern

PUBLIC_NUMBER = "is an internal number; slug, or group and since, name the row"
SHOWN_OTHERWISE = "follows from another column"
WORDS = "is text of people, which may tell of anybody"


def half_days(mask: int) -> str:
    """A mask as `mon tue-am`."""
    return WeekPattern(mask).to_text()


def listed(values: list[str]) -> str:
    """Values with a blank between."""
    return " ".join(values)


def month(name: str, path: str, meaning: str) -> Column:
    """The first day of the month of a moment or day."""
    source: Any = TruncMonth(path)
    return Column(name, source, "date", meaning, "first day of the month", shown=_day)


def _day(value: Any) -> Any:
    return value.date() if hasattr(value, "date") else value


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
        Column("looked_at", "looked_at", "moment", "When somebody of the location last looked.", "UTC"),
    ),
    desk="desk",
    order=("slug",),
    left_out={
        "id": PUBLIC_NUMBER,
        "point": SHOWN_OTHERWISE,
        "name_key": SHOWN_OTHERWISE,
        **dict.fromkeys(("approach", "accessibility", "visit", "food", "quality"), "is a text for its page"),
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
        Column(
            "open_half_days", "open_pattern", "text", "When the group is open.", "half-days", shown=half_days
        ),
    ),
    desk="group__location__desk",
    order=("group", "during"),
    left_out={"id": PUBLIC_NUMBER},
)

CLOSING_DAYS = Table(
    "closing_days",
    "Days on which a location is closed.",
    ClosingDay,
    (
        Column("location", "location__slug", "text", "The location."),
        Column("since", "during__startswith", "date", "First day."),
        Column("until", "during__endswith", "date", "First day on which it is open again."),
        Column("reason", "reason", "text", "What the location says."),
    ),
    desk="location__desk",
    order=("location__slug", "during"),
    left_out={"id": PUBLIC_NUMBER},
)

REQUESTS = Table(
    "requests",
    "Requests for one child each. About single children, also without names: keep it inside the desk.",
    CareRequest,
    (
        Column("request", "reference", "text", "Its reference.", personal=True),
        Column("household", "household__reference", "text", "The household's reference.", personal=True),
        Column(
            "child_first_name", "child__first_name", "text", "First name; empty before birth.", personal=True
        ),
        Column("child_last_name", "child__last_name", "text", "Last name.", personal=True),
        Column("child_born", "child__born", "date", "Day of birth.", personal=True),
        Column("child_expected", "child__expected", "date", "Expected day of birth.", personal=True),
        Column("registered_at", "registered_at", "moment", "When it was registered.", "UTC", personal=True),
        Column("wanted_start", "wanted_start", "date", "First day wanted.", personal=True),
        Column("latest_start", "latest_start", "date", "Last day on which it may begin.", personal=True),
        Column("ended_at", "ended_at", "moment", "When it ended.", "UTC", personal=True),
        Column("desk", "desk__slug", "text", "The desk that registered it."),
        Column(
            "municipality", "household__municipality__nis_code", "text", "Where the family lives.", "NIS code"
        ),
        month("registered_month", "registered_at", "Month in which it was registered."),
        month("wanted_month", "wanted_start", "Month of the wanted start."),
        Column("half_days", "pattern", "text", "Half-days asked.", "half-days", shown=half_days),
        Column("flexibility", "flexibility", "text", "exact, same_number or fewer half-days would do."),
        Column("price", "price", "text", "any, income or free."),
        Column("state", "state", "text", "open or ended."),
        month("ended_month", "ended_at", "Month in which it ended."),
        Column("end", "end", "text", "How it ended, by the counting rules."),
    ),
    desk="desk",
    order=("pk",),
    left_out={
        "id": PUBLIC_NUMBER,
        "registered_by": "is an internal number of an account",
        "hours": WORDS,
        "remarks": WORDS,
    },
)

WISHES = Table(
    "wishes",
    "The locations that a request names.",
    Preference,
    (
        Column("request", "request__reference", "text", "The request.", personal=True),
        Column("registered_at", "registered_at", "moment", "From when it waits there.", "UTC", personal=True),
        Column("state_at", "state_at", "moment", "Since when it is so.", "UTC", personal=True),
        Column("location", "location__slug", "text", "The location."),
        Column("rank", "rank", "whole", "How the family ranked it; 1 is the favourite."),
        month("registered_month", "registered_at", "Month from which it waits there."),
        Column(
            "open_half_days", "open_pattern", "text", "Half-days still sought.", "half-days", shown=half_days
        ),
        Column("state", "state", "text", "waiting, placed, replaced, refused or withdrawn."),
        Column("refusal_reason", "refusal_reason__code", "text", "Why it was refused."),
    ),
    desk="request__desk",
    order=("pk",),
    left_out={"id": PUBLIC_NUMBER, "refusal_note": WORDS},
)

OFFERS = Table(
    "offers",
    "Places that were offered.",
    Offer,
    (
        Column("offer", "reference", "text", "Its reference.", personal=True),
        Column("request", "preference__request__reference", "text", "The request.", personal=True),
        Column("since", "during__startswith", "date", "First day offered.", personal=True),
        Column("until", "during__endswith", "date", "First day after it.", personal=True),
        Column("made_at", "made_at", "moment", "When it was made.", "UTC", personal=True),
        Column("deadline", "deadline", "moment", "Until when it could be answered.", "UTC", personal=True),
        Column(
            "answered_at", "answered_at", "moment", "When it was answered, or ran out.", "UTC", personal=True
        ),
        Column("location", "group__location__slug", "text", "The location."),
        Column("group", "group", "whole", "The group."),
        Column(
            "onward", "onward", "whole", "The group in which the child goes on once too old for the first."
        ),
        Column("onward_from", "onward_from", "date", "First day there.", personal=True),
        month("made_month", "made_at", "Month in which it was made."),
        Column("kind", "kind", "text", "same, other_date, other_pattern or other_both."),
        Column("half_days", "pattern", "text", "Half-days offered.", "half-days", shown=half_days),
        Column("state", "state", "text", "open, accepted, declined, lapsed or taken_back."),
    ),
    desk="group__location__desk",
    order=("pk",),
    left_out={
        "id": PUBLIC_NUMBER,
        "made_by": "is an internal number of an account",
        "answered_by": "is an internal number of an account",
        "declined_rank": "is kept to take a no back",
        "message": WORDS,
    },
)

PLACEMENTS = Table(
    "placements",
    "Places that were agreed.",
    Placement,
    (
        Column("placement", "reference", "text", "Its reference.", personal=True),
        Column("child_first_name", "child__first_name", "text", "First name.", personal=True),
        Column("child_last_name", "child__last_name", "text", "Last name.", personal=True),
        Column("offer", "offer__reference", "text", "The offer.", personal=True),
        Column("since", "during__startswith", "date", "First day.", personal=True),
        Column("until", "during__endswith", "date", "First day after it.", personal=True),
        Column("reserved_at", "reserved_at", "moment", "When it was reserved.", "UTC", personal=True),
        Column("sign_by", "sign_by", "moment", "Until when it may be signed.", "UTC", personal=True),
        Column("signed_at", "signed_at", "moment", "When it was signed.", "UTC", personal=True),
        Column(
            "deposit_paid_at", "deposit_paid_at", "moment", "When the deposit came.", "UTC", personal=True
        ),
        Column("final_at", "final_at", "moment", "Since when it is certain.", "UTC", personal=True),
        Column("location", "group__location__slug", "text", "The location."),
        Column("group", "group", "whole", "The group."),
        month("start_month", "during__startswith", "Month in which it begins."),
        Column("half_days", "pattern", "text", "Half-days.", "half-days", shown=half_days),
        Column("state", "state", "text", "to_sign, final, lapsed or ended."),
        Column("deposit_asked", "deposit_asked", "amount", "Deposit asked.", "euro"),
    ),
    desk="group__location__desk",
    order=("pk",),
    left_out={
        "id": PUBLIC_NUMBER,
        "signed_name": WORDS,
        "in_turn": "half-days tell those of both weeks together",
        "parent": "whose weeks they are is between the parents and the location",
        "replaces": "follows from dates and child",
        "replaced_end": "is kept to undo",
        "replaced_state": "is kept to undo",
    },
)

TABLES: tuple[Table | Counts, ...] = (
    LOCATIONS,
    GROUPS,
    CAPACITIES,
    CLOSING_DAYS,
    Counts("free_months", "Free half-days of each group by month.", FREE_COLUMNS, free_months),
    REQUESTS,
    WISHES,
    OFFERS,
    PLACEMENTS,
    Counts("months", "Counts by desk and month; from 1 to 4 left empty.", MONTH_COLUMNS, month_counts),
    Counts("audit", "What was done, counted by desk and month.", AUDIT_COLUMNS, audit_counts),
)
