"""Learning the names by which streets, towns and locations are found."""

from collections.abc import Iterable

from kribbe.places.models import Location, NameKey, Names, Street
from kribbe.places.names import stem, trigrams
from kribbe.region.models import Municipality
from kribbe.trust.text import fold, phonetic_key

AT_ONCE = 2000


def learn_names() -> int:
    """Add the keys of every name that has none yet; returns how many. Names that were learnt stay as they are."""
    known = set(NameKey.objects.values_list("kind", "key"))
    new = sorted(_borne() - known)
    NameKey.objects.bulk_create(
        [name_key(kind, key) for kind, key in new], batch_size=AT_ONCE, ignore_conflicts=True
    )
    return len(new)


def name_key(kind: str, key: str) -> NameKey:
    """The row of one folded name."""
    return NameKey(kind=kind, key=key, sound=phonetic_key(key)[:200], trigrams=sorted(trigrams(stem(key))))


def _borne() -> set[tuple[str, str]]:
    streets: Iterable[str] = Street.objects.order_by().values_list("key", flat=True).distinct()
    towns: Iterable[str] = Street.objects.order_by().values_list("city", flat=True).distinct()
    seats = Municipality.objects.only("name_nl", "name_fr", "name_de")
    locations = Location.objects.filter(active=True).values_list("name", flat=True)
    found = {(Names.STREET.value, key) for key in streets}
    found |= {(Names.TOWN.value, fold(name)) for name in towns}
    found |= {(Names.TOWN.value, fold(name)) for seat in seats for name in seat.names}
    found |= {(Names.LOCATION.value, fold(name)) for name in locations}
    return {(kind, key) for kind, key in found if key}
