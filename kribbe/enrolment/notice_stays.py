"""What families and locations are told when a stay changes: it moves up, ends, or never begins."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kribbe.enrolment import notice_places as places
from kribbe.enrolment import notice_samples as samples

PLACE = places.CHILD | places.LOCATION | places.stay("placement")
PLACE_THERE = places.FULL_CHILD | places.stay("placement")
NEW_START = places.day("start", _("the new first day"))
LAST_DAY = places.day("last", _("the last day"))
BACK_UNTIL = places.day("until", _("the last day to take it back"))

FAMILY: tuple[tuple[Any, ...], ...] = (
    (
        "place_start_moved",
        _("A location moves the first day"),
        "As soon as a location notes another first day.",
        PLACE | NEW_START,
        samples.placed,
    ),
    (
        "place_moves_up",
        _("A child goes to another group"),
        "As soon as a location lets a child move to another group.",
        places.CHILD | places.LOCATION | places.MOVES_UP,
        samples.placed,
    ),
    (
        "place_stays_in_group",
        _("A child stays in its group after all"),
        "As soon as a location undoes that a child goes to another group.",
        places.CHILD | places.LOCATION | {"group": places.MOVES_UP["group"]},
        samples.placed,
    ),
    (
        "place_ends",
        _("A location notes the last day"),
        "As soon as a location notes that a child leaves.",
        PLACE | LAST_DAY,
        samples.placed,
    ),
    (
        "place_goes_on",
        _("A place goes on after all"),
        "As soon as a location undoes a last day.",
        PLACE | places.GOES_ON,
        samples.placed,
    ),
    (
        "place_not_taken",
        _("A place is given up before it begins"),
        "As soon as the family, the location or the desk gives up a certain place; never after a pregnancy was lost.",
        PLACE | BACK_UNTIL,
        samples.placed,
    ),
    (
        "place_taken_again",
        _("A place that was given up stands again"),
        "As soon as somebody takes back that a place was given up.",
        PLACE,
        samples.placed,
    ),
)

LOCATION: tuple[tuple[Any, ...], ...] = (
    (
        "place_not_taken_location",
        _("To the location: a place is given up before it begins"),
        "As soon as the family, the location or the desk gives up a certain place.",
        PLACE_THERE,
        samples.placed,
    ),
    (
        "place_taken_again_location",
        _("To the location: a place that was given up stands again"),
        "As soon as somebody takes back that a place was given up.",
        PLACE_THERE,
        samples.placed,
    ),
)
