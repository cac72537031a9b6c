"""Which rules of the desk hold, which location agreed, and which one may make offers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import get_language

from kribbe.places.models import Charter, CharterAgreement, LicenceState, Location
from kribbe.region.models import Desk
from kribbe.trust.text import sort_key

BINDING = "nl"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a location stands to the rules that hold. `agree_by`: the last day of its term, over or not."""

    charter: Charter
    agreement: CharterAgreement | None
    agreed_before: bool
    agree_by: date
    may_offer: bool

    @property
    def is_agreed(self) -> bool:
        return self.agreement is not None


def charter_on(desk: Desk, day: date) -> Charter | None:
    """The version that holds on that day."""
    return desk.charters.filter(from_day__lte=day).order_by("-from_day").first()


def standing_of(location: Location, day: date) -> Standing | None:
    """How the location stands to the rules of that day; None where its desk has none."""
    charter = charter_on(location.desk, day)
    if charter is None:
        return None
    agreements = list(location.agreements.filter(charter__desk=location.desk_id).select_related("charter"))
    return _standing(charter, agreements, day)


def standings(desk: Desk, day: date) -> list[tuple[Location, Standing]]:
    """Every location of the desk with its standing; who hasn't agreed first, then by name."""
    charter = charter_on(desk, day)
    if charter is None:
        return []
    rows = _bound().filter(desk=desk).select_related("organiser")
    agreements: dict[int, list[CharterAgreement]] = {}
    for each in CharterAgreement.objects.filter(charter__desk=desk).select_related("charter"):
        agreements.setdefault(each.location_id, []).append(each)
    found = [(row, _standing(charter, agreements.get(row.pk, ()), day)) for row in rows]
    return sorted(found, key=lambda pair: (pair[1].is_agreed, sort_key(pair[0].name)))


def without_charter(desk_id: int, day: date) -> QuerySet[Location]:
    """Locations of the desk that didn't agree to the rules that hold."""
    charter = Charter.objects.filter(desk=desk_id, from_day__lte=day).order_by("-from_day").values("pk")[:1]
    agreed = CharterAgreement.objects.filter(charter__in=charter).values("location")
    has_rules = Charter.objects.filter(desk=desk_id, from_day__lte=day)
    rows = _bound().filter(desk=desk_id, desk__in=has_rules.values("desk"))
    return rows.exclude(pk__in=agreed)


def _bound() -> QuerySet[Location]:
    """Locations whom the rules of their desk concern; one whose licence ended is none any more."""
    return Location.objects.filter(active=True).exclude(licence_state=LicenceState.ENDED)


def text_of(charter: Charter) -> str:
    """The text in the reader's language, or the Dutch one."""
    texts: dict[str, str] = charter.texts
    return texts.get((get_language() or BINDING)[:2]) or texts[BINDING]


def _standing(charter: Charter, agreements: Iterable[CharterAgreement], day: date) -> Standing:
    mine = next((each for each in agreements if each.charter_id == charter.pk), None)
    before = any(each.charter.version < charter.version for each in agreements)
    in_term = day <= charter.agree_by and (before or charter.version == 1)
    return Standing(
        charter, mine, before, charter.agree_by, mine is not None or in_term or not charter.needed_to_offer
    )
