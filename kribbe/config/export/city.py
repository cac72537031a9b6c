"""What a city follows: projects, grants, its register beside the authority's, places that came free."""

from kribbe.config.export.columns import Column, Table
from kribbe.config.export.shared import ACCOUNT, NAME_OF_STAFF, PUBLIC_NUMBER, WORDS, moment, pattern
from kribbe.enrolment.models import LastMinute, Vacancy, VacancyList
from kribbe.policy.models import (
    ExpansionFile,
    ExpansionStep,
    LicenceCheck,
    LicenceDifference,
    PlaceGrant,
    YearlyReport,
)
from kribbe.rules.small_numbers import hide

EXPANSION_FILES = Table(
    "expansion_files",
    "Projects for new, kept or rehoused places.",
    ExpansionFile,
    (
        Column("file", "reference", "text", "Its reference, by which steps and grants name it."),
        Column("desk", "desk__slug", "text", "The desk that follows it."),
        Column("municipality", "municipality__nis_code", "text", "Where the places come.", "NIS code"),
        Column(
            "kind",
            "kind",
            "text",
            "new_building, employer, renovation, rehousing, start_up, cooperative or threatened.",
        ),
        Column("title", "title", "text", "What it is called."),
        Column("places_new", "places_new", "whole", "Places that come.", "places"),
        Column("places_kept", "places_kept", "whole", "Places that would be lost without it.", "places"),
        Column("expected_on", "expected_on", "date", "Day on which the places are expected."),
        Column("probability", "probability", "whole", "How sure the desk is.", "percent"),
        Column("state", "state", "text", "idea, planned, advice, licence, works, open or stopped."),
        Column("state_on", "state_on", "date", "Since when it is so."),
        Column("location", "location__slug", "text", "The location, where there is one."),
        Column("organiser", "organiser__name", "text", "The organiser, where it is known."),
        moment("created_at", "created_at", "When the file was opened."),
        Column("followed_by", "followed_by", "text", "Who follows it.", personal=True),
    ),
    desk="desk",
    order=("desk__slug", "expected_on", "pk"),
    left_out={"id": PUBLIC_NUMBER, "keeps": WORDS, "notes": WORDS},
)

EXPANSION_STEPS = Table(
    "expansion_steps",
    "States that a file came to.",
    ExpansionStep,
    (
        Column("file", "file__reference", "text", "The file."),
        Column("on", "on", "date", "The day."),
        Column("state", "state", "text", "idea, planned, advice, licence, works, open or stopped."),
        moment("recorded_at", "recorded_at", "When it was noted."),
        Column("recorded_by", "recorded_by", "text", "Who noted it.", personal=True),
    ),
    desk="file__desk",
    order=("file__reference", "on", "pk"),
    left_out={"id": PUBLIC_NUMBER, "note": WORDS},
)

PLACE_GRANTS = Table(
    "place_grants",
    "Money for places: an amount a place, what was expected, and what was paid.",
    PlaceGrant,
    (
        Column("grant", "reference", "text", "Its reference."),
        Column("desk", "desk__slug", "text", "The desk."),
        Column("file", "file__reference", "text", "The file that gets it; empty where a location does."),
        Column("location", "location__slug", "text", "The location that gets it; empty where a file does."),
        Column("purpose", "purpose", "text", "What it is for."),
        Column("places", "places", "whole", "For how many places.", "places"),
        Column("amount_a_place", "amount_a_place", "amount", "Amount a place.", "euro"),
        Column("expected_on", "expected_on", "date", "Day on which it is expected."),
        Column("paid", "paid", "amount", "What was paid; empty: not yet.", "euro"),
        Column("paid_on", "paid_on", "date", "Day on which it was paid."),
        moment("created_at", "created_at", "When it was noted."),
    ),
    desk="desk",
    order=("desk__slug", "expected_on", "pk"),
    left_out={"id": PUBLIC_NUMBER},
)

LICENCE_LISTS = Table(
    "licence_lists",
    "Official lists of licences that were held beside the register.",
    LicenceCheck,
    (
        Column("list", "reference", "text", "Its reference, by which the differences name it."),
        Column("desk", "desk__slug", "text", "The desk."),
        Column("file_name", "file_name", "text", "Name of the file."),
        moment("at", "at", "When."),
        Column("rows", "rows", "whole", "Rows of the list.", "rows"),
        Column("agreeing", "agreeing", "whole", "Rows that say what the register says.", "rows"),
        Column("unread", "unread", "whole", "Rows that couldn't be read.", "rows"),
        Column("by_name", "by_name", "text", "Who gave it.", personal=True),
    ),
    desk="desk",
    order=("desk__slug", "at", "pk"),
    left_out={"id": PUBLIC_NUMBER},
)

LICENCE_DIFFERENCES = Table(
    "licence_differences",
    "What an official list and the register say differently.",
    LicenceDifference,
    (
        Column("list", "check_run__reference", "text", "The list."),
        Column("kind", "kind", "text", "missing_here, unknown_there, places or state."),
        Column("location", "location__slug", "text", "The location; empty where it isn't in the register."),
        Column("licence_number", "licence_number", "text", "Number of the licence."),
        Column("name", "name", "text", "Name of the location."),
        Column("line", "line", "whole", "Line of the list."),
        Column("here", "here", "text", "What the register says."),
        Column("there", "there", "text", "What the list says."),
        Column("settled", "settled", "text", "How it was settled; empty: still open."),
        moment("settled_at", "settled_at", "When it was settled."),
    ),
    desk="check_run__desk",
    order=("check_run__reference", "pk"),
    left_out={
        "id": PUBLIC_NUMBER,
        "settled_note": WORDS,
        "settled_by": ACCOUNT,
        "settled_by_name": NAME_OF_STAFF,
    },
)

YEARLY_REPORTS = Table(
    "yearly_reports",
    "Yearly reports that were fixed.",
    YearlyReport,
    (
        Column("report", "reference", "text", "Its reference."),
        Column("desk", "desk__slug", "text", "The desk; empty: the whole region."),
        Column("region", "region__slug", "text", "The region."),
        Column("year", "year", "whole", "The year."),
        Column("version", "version", "whole", "The version; the highest one holds."),
        moment("fixed_at", "fixed_at", "When it was fixed."),
        Column("fixed_by_name", "fixed_by_name", "text", "Who fixed it.", personal=True),
    ),
    desk="desk",
    order=("region__slug", "desk__slug", "year", "version"),
    left_out={
        "id": PUBLIC_NUMBER,
        "fixed_by": ACCOUNT,
        **dict.fromkeys(
            ("content", "pdf", "pdf_exact"), "is the report: its own page gives it, with small numbers hidden"
        ),
    },
)

VACANCIES = Table(
    "vacancies",
    "Places that came free, as the weekly list told them.",
    Vacancy,
    (
        Column("region", "list__region__slug", "text", "The region."),
        Column("day", "list__day", "date", "Day of the list."),
        moment("told_at", "list__made_at", "When the list was made."),
        Column("location", "group__location__slug", "text", "The location."),
        Column("group", "group", "whole", "The group."),
        Column("month", "month", "date", "Month from which they are free.", "first day of the month"),
        Column("until", "until", "date", "First month in which they aren't; empty: as far as is known."),
        pattern("half_days", "pattern", "The half-days."),
    ),
    desk="group__location__desk",
    order=("list__day", "group__location__slug", "group", "month", "pk"),
    left_out={"id": PUBLIC_NUMBER},
    feeds=(VacancyList,),
)

LAST_MINUTE = Table(
    "last_minute_places",
    "Half-days that a location gave away for a short time.",
    LastMinute,
    (
        Column("place", "reference", "text", "Its reference."),
        Column("group", "group", "whole", "The group."),
        Column("first", "first", "date", "First day."),
        Column("last", "last", "date", "Last day."),
        pattern("half_days", "pattern", "The half-days."),
        moment("published_at", "published_at", "When it was published."),
        moment("ended_at", "ended_at", "When it was taken off."),
        Column(
            "told", "told", "whole", "Families that were told; empty from 1 to 4.", "families", shown=hide
        ),
    ),
    desk="group__location__desk",
    order=("first", "reference"),
    left_out={"id": PUBLIC_NUMBER, "note": WORDS, "published_by": ACCOUNT},
)
