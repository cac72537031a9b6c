"""The doors of carers: their team, roster and papers."""

from kribbe.config.tests.doors_kinds import LOCATION, PUBLIC, SLUG, Door

CARE: dict[str, Door] = {
    "staff:team": Door(LOCATION, SLUG),
    "staff:carer": Door(LOCATION, ("slug", "carer")),
    "staff:pin": Door(LOCATION, ("slug", "carer"), post=True),
    "staff:contract": Door(LOCATION, ("slug", "carer"), post=True),
    "staff:leave": Door(LOCATION, ("slug", "carer"), post=True),
    "staff:cover": Door(LOCATION, ("slug", "carer")),
    "staff:stand_in": Door(LOCATION, SLUG),
    "staff:stand_in_undo": Door(LOCATION, ("slug", "replacement"), post=True),
    "staff:service": Door(LOCATION, SLUG),
    "staff:my_stand_in": Door({"anna", "charlie"}),
    "staff:calendar": Door(LOCATION, ("slug", "carer"), post=True),
    "staff:documents": Door(LOCATION, SLUG),
    "staff:document": Door(LOCATION, ("slug", "document"), post=True),
    "staff:home": Door(LOCATION, SLUG),
    "staff:home_child": Door(set(), ("slug", "none"), post=True),
    "attendance:glance": Door(LOCATION, SLUG),
    "attendance:compensation": Door(LOCATION, SLUG),
    "attendance:compensation_csv": Door(LOCATION, SLUG),
    "attendance:my_spare": Door({"anna", "charlie"}),
    "staff:feed": Door(PUBLIC, ("shifts",)),
    "staff:roster": Door(LOCATION, SLUG),
    "staff:roster_day": Door(LOCATION, SLUG),
    "staff:rest": Door(LOCATION, SLUG),
    "staff:roster_change": Door(LOCATION, SLUG, post=True),
    "staff:ahead": Door(LOCATION, SLUG),
    "staff:propose": Door(LOCATION, SLUG, post=True),
    "staff:proposal": Door(LOCATION, ("slug", "proposal")),
    "staff:shift": Door(LOCATION, ("slug", "carer", "day_on")),
}
