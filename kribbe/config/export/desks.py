"""Desks: where they are, what they decided and since when."""

from django.db.models import Count

from kribbe.config.export.columns import Column, Table
from kribbe.config.export.shared import ACCOUNT, FOR_ITS_PAGE, PUBLIC_NUMBER, listed, moment, since_until
from kribbe.people.models import ReferrerOrganisation
from kribbe.places.models import Charter
from kribbe.region.models import (
    Desk,
    DeskPolicy,
    Municipality,
    OfficialFigure,
    PassOverReason,
    Region,
)
from kribbe.rounds.models import Round, RoundPlan

FACE = "is how the desk looks, not what it does"

MUNICIPALITIES = Table(
    "municipalities",
    "The municipalities, and the region of each.",
    Municipality,
    (
        Column("municipality", "nis_code", "text", "Names the municipality everywhere.", "NIS code"),
        Column("name_nl", "name_nl", "text", "Dutch name."),
        Column("name_fr", "name_fr", "text", "French name."),
        Column("name_de", "name_de", "text", "German name."),
        Column("province", "province", "text", "Province."),
        Column("postcodes", "postcodes", "text", "Its postcodes.", shown=listed),
        Column("region", "region__slug", "text", "The region; empty where no desk of here serves it."),
        Column("longitude", "longitude", "number", "Degrees east of its middle.", "degrees, WGS84"),
        Column("latitude", "latitude", "number", "Degrees north of its middle.", "degrees, WGS84"),
        Column("outline_source", "outline_source", "text", "Where its outline comes from."),
    ),
    desk="desk",
    order=("nis_code",),
    left_out={"id": PUBLIC_NUMBER, "outline": "is a map; `/api/v1/areas` has it"},
    feeds=(Region,),
)

DESKS = Table(
    "desks",
    "The desks.",
    Desk,
    (
        Column("desk", "slug", "text", "Names the desk in addresses."),
        Column("name", "name", "text", "Name."),
        Column("municipality", "municipality__nis_code", "text", "Its municipality.", "NIS code"),
        Column("region", "region__slug", "text", "Its region."),
        Column("phone", "phone", "text", "Telephone."),
        Column("email", "email", "text", "Mail address."),
        Column("address", "address", "text", "Where it is."),
        Column("complaints", "complaints", "text", "Where to go with a complaint that stays."),
        Column(
            "public_languages", "public_languages", "text", "Languages of its pages.", "codes", shown=listed
        ),
        Column(
            "letter_languages", "letter_languages", "text", "Languages of its letters.", "codes", shown=listed
        ),
        Column("staff_names_shown", "staff_names_shown", "yes/no", "Families see who of the desk acted."),
    ),
    desk="pk",
    order=("slug",),
    left_out={
        "id": PUBLIC_NUMBER,
        **dict.fromkeys(("subtitle", "subtitle_fr", "subtitle_en", "subtitle_de"), FACE),
        **dict.fromkeys(("tokens", "logo_icon", "logo", "logo_alt", "logo_before", "logo_before_alt"), FACE),
    },
)

POLICIES = Table(
    "desk_policies",
    "Every version of what a desk decided, with the days on which it holds.",
    DeskPolicy,
    (
        Column("desk", "desk__slug", "text", "The desk."),
        *since_until(),
        Column("source", "source", "text", "The decision, as the desk publishes it."),
        Column("rule_pack", "rule_pack", "text", "The figures of the law that go with it."),
        Column(
            "max_wishes", "max_wishes", "whole", "Most locations in a request; empty: no limit.", "locations"
        ),
        Column(
            "earliest_answer_months",
            "earliest_answer_months",
            "whole",
            "How long before the start places are given at the earliest; empty: any time.",
            "months",
        ),
        Column("answer_days", "answer_days", "whole", "Term in which a location answers.", "days"),
        Column("reaction_days", "reaction_days", "whole", "Term in which a family answers an offer.", "days"),
        Column("signature_days", "signature_days", "whole", "Term in which a place is signed for.", "days"),
        Column("urgent_days", "urgent_days", "whole", "A start within so many days is urgent.", "days"),
        Column("open_urgent", "open_urgent", "yes/no", "All locations see urgent requests."),
        Column("look_weeks", "look_weeks", "whole", "After so long a location is asked to look.", "weeks"),
        Column("tell_vacancies", "tell_vacancies", "yes/no", "Families get the weekly list by mail."),
        Column(
            "list_weeks", "list_weeks", "whole", "The list of free places is sent every so often.", "weeks"
        ),
        Column(
            "most_changes",
            "most_changes",
            "whole",
            "Most changes of start and locations that a family makes itself; empty: no limit.",
            "changes",
        ),
        Column(
            "change_days",
            "change_days",
            "whole",
            "Until so long before the start a family makes them; empty: always.",
            "days",
        ),
        Column(
            "confirm_months", "confirm_months", "whole", "When a need is asked again; empty: never.", "months"
        ),
        Column("confirm_days", "confirm_days", "whole", "Term of that question.", "days"),
        Column("confirm_reminder_days", "confirm_reminder_days", "whole", "When it is reminded.", "days"),
        Column("end_months", "end_months", "whole", "When an old request ends; empty: never.", "months"),
        Column("complaint_days", "complaint_days", "whole", "Term in which a complaint is answered.", "days"),
        Column("keep_years", "keep_years", "whole", "Term after which a family is forgotten.", "years"),
        Column("ranking_shown", "ranking_shown", "yes/no", "Locations see how a family ranked them."),
        Column("date_rule", "date_rule", "text", "registered, wanted_start or lottery."),
    ),
    desk="desk",
    order=("desk__slug", "during"),
    left_out={"id": PUBLIC_NUMBER, "lottery_seed": "would tell who wins a draw that is still to come"},
)

REASONS = Table(
    "pass_over_reasons",
    "The desk's list of reasons for passing over a family, or refusing it.",
    PassOverReason,
    (
        Column("desk", "desk__slug", "text", "The desk."),
        Column("code", "code", "text", "By which other tables name it."),
        Column("text_nl", "text_nl", "text", "In Dutch."),
        Column("text_fr", "text_fr", "text", "In French."),
        Column("text_en", "text_en", "text", "In English."),
        Column("text_de", "text_de", "text", "In German."),
        Column("refusal", "refusal", "yes/no", "A reason to refuse, too."),
        Column("active", "active", "yes/no", "In use."),
    ),
    desk="desk",
    order=("desk__slug", "code"),
    left_out={"id": PUBLIC_NUMBER},
)

CHARTERS = Table(
    "charters",
    "Versions of the rules to which a desk's locations agree.",
    Charter,
    (
        Column("desk", "desk__slug", "text", "The desk."),
        Column("version", "version", "whole", "The version."),
        Column("from_day", "from_day", "date", "First day on which it holds."),
        Column("term_days", "term_days", "whole", "Term in which locations agree.", "days"),
        Column("needed_to_offer", "needed_to_offer", "yes/no", "Who didn't agree offers no places."),
        moment("published_at", "published_at", "When it was published."),
    ),
    desk="desk",
    order=("desk__slug", "version"),
    left_out={"id": PUBLIC_NUMBER, "texts": FOR_ITS_PAGE, "published_by": ACCOUNT},
)

REFERRERS = Table(
    "referrer_organisations",
    "Organisations whose people act for families that agree to it.",
    ReferrerOrganisation,
    (
        Column("desk", "desk__slug", "text", "The desk."),
        Column("name", "name", "text", "Name."),
        Column("phone", "phone", "text", "Telephone."),
        Column("email", "email", "text", "Mail address."),
        Column("active", "active", "yes/no", "Can be chosen."),
    ),
    desk="desk",
    order=("desk__slug", "name", "pk"),
    left_out={"id": PUBLIC_NUMBER},
)

OFFICIAL_FIGURES = Table(
    "official_figures",
    "What the authority counted.",
    OfficialFigure,
    (
        Column("municipality", "municipality__nis_code", "text", "The municipality.", "NIS code"),
        Column("year", "year", "whole", "The year."),
        Column("quarter", "quarter", "whole", "The quarter; empty: the year."),
        Column("licence_kind", "licence_kind", "text", "group or family."),
        Column("price_kind", "price_kind", "text", "income, free or total."),
        Column("places", "places", "whole", "Licensed places.", "places"),
        Column("locations", "locations", "whole", "Locations that have them; empty: not told.", "locations"),
        Column("source", "source", "text", "Where it was published."),
        moment("imported_at", "imported_at", "When it was taken over."),
    ),
    desk="municipality__desk",
    order=("municipality__nis_code", "year", "quarter", "licence_kind", "price_kind", "pk"),
    left_out={"id": PUBLIC_NUMBER},
)

ROUND_PLANS = Table(
    "round_plans",
    "The rhythm in which a desk holds rounds.",
    RoundPlan,
    (
        Column("desk", "desk__slug", "text", "The desk."),
        Column("rhythm", "rhythm", "text", "none, weekly, monthly or yearly."),
        Column(
            "months", "months", "whole", "First days of so many months get places in one round.", "months"
        ),
    ),
    desk="desk",
    order=("desk__slug",),
    left_out={"id": PUBLIC_NUMBER},
)

ROUNDS = Table(
    "rounds",
    "Rounds in which a desk gave places.",
    Round,
    (
        Column("round", "reference", "text", "Its reference, by which the results name it."),
        Column("desk", "desk__slug", "text", "The desk."),
        Column("first", "first", "date", "First month of the first days that it gives places for."),
        Column("months", "months", "whole", "How many months.", "months"),
        Column("state", "state", "text", "planned, preview, done or called_off."),
        moment("planned_at", "planned_at", "When it was planned."),
        moment("closed_at", "closed_at", "When it was done or called off."),
        Column("locations", Count("locations"), "whole", "Locations that take part.", "locations"),
    ),
    desk="desk",
    order=("desk__slug", "planned_at", "pk"),
    left_out={"id": PUBLIC_NUMBER, "planned_by": ACCOUNT},
)
