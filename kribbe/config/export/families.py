"""Requests, wishes, offers and placements: rows about single children, only where they are asked for."""

from kribbe.config.export.columns import Column, Table
from kribbe.config.export.shared import ACCOUNT, PUBLIC_NUMBER, WORDS, moment, month, pattern
from kribbe.enrolment.models import CareRequest, Offer, Placement, Preference

REQUESTS = Table(
    "requests",
    "Requests for one child each.",
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
        moment("registered_at", "registered_at", "When it was registered.", personal=True),
        Column("wanted_start", "wanted_start", "date", "First day wanted.", personal=True),
        Column("latest_start", "latest_start", "date", "Last day on which it may begin.", personal=True),
        moment("ended_at", "ended_at", "When it ended.", personal=True),
        Column("desk", "desk__slug", "text", "The desk that registered it."),
        Column(
            "municipality", "household__municipality__nis_code", "text", "Where the family lives.", "NIS code"
        ),
        month("registered_month", "registered_at", "Month in which it was registered."),
        month("wanted_month", "wanted_start", "Month of the wanted start."),
        pattern("half_days", "pattern", "Half-days asked."),
        Column("flexibility", "flexibility", "text", "exact, same_number or fewer half-days would do."),
        Column("price", "price", "text", "any, income or free."),
        Column("state", "state", "text", "open or ended."),
        month("ended_month", "ended_at", "Month in which it ended."),
        Column("end", "end", "text", "How it ended, by the counting rules."),
    ),
    desk="desk",
    order=("pk",),
    single=True,
    left_out={
        "id": PUBLIC_NUMBER,
        "registered_by": ACCOUNT,
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
        moment("registered_at", "registered_at", "From when it waits there.", personal=True),
        moment("state_at", "state_at", "Since when it is so.", personal=True),
        Column("location", "location__slug", "text", "The location."),
        Column("rank", "rank", "whole", "How the family ranked it; 1 is the favourite."),
        month("registered_month", "registered_at", "Month from which it waits there."),
        pattern("open_half_days", "open_pattern", "Half-days still sought."),
        Column("state", "state", "text", "waiting, placed, replaced, refused or withdrawn."),
        Column("refusal_reason", "refusal_reason__code", "text", "Why it was refused."),
    ),
    desk="request__desk",
    order=("pk",),
    single=True,
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
        moment("made_at", "made_at", "When it was made.", personal=True),
        moment("deadline", "deadline", "Until when it could be answered.", personal=True),
        moment("answered_at", "answered_at", "When it was answered, or ran out.", personal=True),
        Column("location", "group__location__slug", "text", "The location."),
        Column("group", "group", "whole", "The group."),
        Column(
            "onward", "onward", "whole", "The group in which the child goes on once too old for the first."
        ),
        Column("onward_from", "onward_from", "date", "First day there.", personal=True),
        month("made_month", "made_at", "Month in which it was made."),
        Column("kind", "kind", "text", "same, other_date, other_pattern or other_both."),
        pattern("half_days", "pattern", "Half-days offered."),
        Column("state", "state", "text", "open, accepted, declined, lapsed or taken_back."),
    ),
    desk="group__location__desk",
    order=("pk",),
    single=True,
    left_out={
        "id": PUBLIC_NUMBER,
        "made_by": ACCOUNT,
        "answered_by": ACCOUNT,
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
        moment("reserved_at", "reserved_at", "When it was reserved.", personal=True),
        moment("sign_by", "sign_by", "Until when it may be signed.", personal=True),
        moment("signed_at", "signed_at", "When it was signed.", personal=True),
        moment("deposit_paid_at", "deposit_paid_at", "When the deposit came.", personal=True),
        moment("final_at", "final_at", "Since when it is certain.", personal=True),
        Column("location", "group__location__slug", "text", "The location."),
        Column("group", "group", "whole", "The group."),
        month("start_month", "during__startswith", "Month in which it begins."),
        pattern("half_days", "pattern", "Half-days."),
        Column("state", "state", "text", "to_sign, final, lapsed or ended."),
        Column("deposit_asked", "deposit_asked", "amount", "Deposit asked.", "euro"),
    ),
    desk="group__location__desk",
    order=("pk",),
    single=True,
    left_out={
        "id": PUBLIC_NUMBER,
        "signed_name": WORDS,
        "in_turn": "half-days tell those of all weeks together",
        "parent": "whose weeks they are is between the parents and the location",
        "replaces": "follows from dates and child",
        "replaced_end": "is kept to undo",
        "replaced_state": "is kept to undo",
    },
)
