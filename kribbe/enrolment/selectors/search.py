"""The clerk's search: one line of text over everything by which a family can be known.

A family of the clerk's own desk is found by everything. One of another desk of the region is found only by names,
birth date, reference or national number, so that a double registration shows and nothing else does.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings
from django.db.models import Exists, F, Func, OuterRef, Prefetch, Q, QuerySet, TextField
from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_3

from kribbe.enrolment.models import CareRequest, Offer, Placement, RequestState
from kribbe.people.identity import national_number_hash
from kribbe.people.models import Adult, Child, Household, HouseholdKeys
from kribbe.people.search_keys import digits, quoted
from kribbe.people.services import refresh_keys
from kribbe.places.models import Location
from kribbe.region.models import Desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.keyset import Page, page_of_parts
from kribbe.trust.references import ALPHABET, LENGTH
from kribbe.trust.text import fold, phonetic_key, sort_key, spelled

PAGE = 20
SHORTEST = 2
MOST_WORDS = 6
LOCATIONS = 5
SHORTEST_LOCATION = 3
"""Locations shown beside families, and the letters of a name from which on they are looked for."""

FRESH = 200
"""Households that changed since, whose keys are made before a search at most; a duty makes the others."""

Referred = Mapping[str, Sequence[int]]
"""Households by a word that is a reference."""

_NUMBER = re.compile(r"(?<![\d+])\d{2}[.\s]?\d{2}[.\s]?\d{2}[-.\s]?\d{3}[-.\s]?\d{2}(?!\d)")
_DAY = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_WORDED_DAY = re.compile(r"(?<!\d)(\d{1,2})(?:\.|er)?\s+([^\W\d_]{3,})\.?\s+(\d{4})\b")
_ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_EMAIL = re.compile(r"\S+@\S*")
_PHONE = re.compile(r"(?<!\d)(?:\+|0)\d[\d\s./-]{5,}\d")
_LOOKALIKES = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Terms:
    """A line of search taken apart. A national number is kept as its hash only."""

    words: tuple[str, ...] = ()
    births: tuple[date, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def kinds(self) -> list[str]:
        """By what is searched, for the audit trail."""
        named = {
            "words": self.words,
            "birth": self.births,
            "email": self.emails,
            "phone": self.phones,
            "national_number": self.numbers,
        }
        return [name for name, given in named.items() if given]

    @property
    def is_enough(self) -> bool:
        """Whether there is something to look for."""
        return sum(map(len, self.words)) >= SHORTEST or bool(set(self.kinds) - {"words"})


def read(text: str) -> Terms:
    """Take a line of search apart: national numbers, dates, mail addresses, telephone numbers; the rest is words."""
    numbers, text = _take_numbers(text)
    births, text = _take_days(text)
    emails = tuple(found.lower() for found in _EMAIL.findall(text))
    text = _EMAIL.sub(" ", text)
    phones = tuple(digits(found) for found in _PHONE.findall(text))
    words = tuple(fold(_PHONE.sub(" ", text)).split())[:MOST_WORDS]
    return Terms(words=words, births=births, emails=emails, phones=phones, numbers=numbers)


def _take_numbers(text: str) -> tuple[tuple[str, ...], str]:
    hashes = []
    for found in _NUMBER.findall(text):
        try:
            hashes.append(national_number_hash(found))
        except RefusedError:
            continue
        text = text.replace(found, " ")
    return tuple(hashes), text


def _take_days(text: str) -> tuple[tuple[date, ...], str]:
    given = [(int(y), int(m), int(d)) for d, m, y in _DAY.findall(text)]
    given += [(int(y), int(m), int(d)) for y, m, d in _ISO_DAY.findall(text)]
    text = _ISO_DAY.sub(" ", _DAY.sub(" ", text))
    for found in _WORDED_DAY.finditer(text):
        if month := _months().get(fold(found[2])):
            given.append((int(found[3]), month, int(found[1])))
            text = text.replace(found[0], " ")
    days = []
    for year, month, day in given:
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return tuple(days), text


@cache
def _months() -> Mapping[str, int]:
    """Numbers of the months by their folded names, whole and short, in every language of the product."""
    found: dict[str, int] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for names in (MONTHS, MONTHS_3):
                found |= {fold(str(name)): number for number, name in names.items()}
    return found


@dataclass(frozen=True, slots=True)
class FoundChild:
    """A child of a household that was found."""

    child: Child
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A household that was found. Of one at another desk only names, births and the desk are given."""

    household: Household
    is_here: bool
    adults: Sequence[Adult]
    children: Sequence[FoundChild]


@dataclass(frozen=True, slots=True)
class Answer:
    """Households that were found, and whether there are others before and after them.

    `by_sound`: nobody is written so, and these sound like it.
    """

    found: Sequence[Found] = ()
    has_previous: bool = False
    has_next: bool = False
    by_sound: bool = False


def search(terms: Terms, *, desk: Desk, after: str = "", before: str = "") -> Answer:
    """Households by all of the terms: the desk's own, then its neighbours', each in order of the applicant's name.

    `after` and `before` are references of the household where the reader is. Where nobody is found as it is
    written, those are that sound so. Keys that are due are made first, so that a family registered a moment ago is
    found.
    """
    if not terms.is_enough:
        return Answer()
    refresh_keys(at_most=FRESH)
    referred = {word: _referred(word) for word in terms.words}
    start, end, by_sound = _row(after), _row(before), False
    here = _page(_matching(terms, referred, desk, by_sound=False), desk, start, end)
    if terms.words and not here.rows:
        here, by_sound = _page(_matching(terms, referred, desk, by_sound=True), desk, start, end), True
    results = _results([row.household_id for row in here.rows], desk)
    return Answer(results, here.has_previous, here.has_next, by_sound)


def _page(
    found: "Sequence[QuerySet[HouseholdKeys]]",
    desk: Desk,
    after: HouseholdKeys | None,
    before: HouseholdKeys | None,
) -> Page[HouseholdKeys]:
    return page_of_parts(
        found,
        by="name_key",
        size=PAGE,
        after=after,
        before=before,
        part_of=lambda keys: min(int(keys.desk_id != desk.pk), len(found) - 1),
    )


def _row(reference: str) -> HouseholdKeys | None:
    return HouseholdKeys.objects.filter(household__reference=reference).first() if reference else None


def _matching(
    terms: Terms, referred: Referred, desk: Desk, *, by_sound: bool
) -> "list[QuerySet[HouseholdKeys]]":
    """Those of the own desk by everything, and those of others in the region by who they are."""
    found = HouseholdKeys.objects.filter(region_id=desk.region_id)
    own = found.filter(_all_of(terms, referred, "na", by_sound=by_sound), desk_id=desk.pk)
    if terms.emails or terms.phones:
        return [own]
    elsewhere = _all_of(terms, referred, "n", by_sound=by_sound) & ~Q(desk_id=desk.pk)
    return [own, found.filter(elsewhere)]


def _all_of(terms: Terms, referred: Referred, kinds: str, *, by_sound: bool) -> Q:
    """Every term is among a household's keys, words as keys of these kinds; or the word is one of its references."""
    parts = [
        *(quoted(f"b.{day}") for day in terms.births),
        *(quoted(f"h.{number}") for number in terms.numbers),
        *(f"{quoted(f'm.{email}')}:*" for email in terms.emails),
        *(quoted(f"t.{phone}") for phone in terms.phones),
    ]
    condition = Q()
    for word in terms.words:
        part = _word(word, kinds, by_sound=by_sound)
        if referred[word]:
            condition &= Q(keys__holds=part) | Q(household__in=referred[word])
        else:
            parts.append(part)
    return condition & Q(keys__holds=" & ".join(parts)) if parts else condition


def _word(word: str, kinds: str, *, by_sound: bool) -> str:
    """A word begins a name or a word of the address; or it sounds like a word of a name."""
    begun = {f"{kind}.{word}" for kind in kinds} | ({f"a.{spelled(word)}"} if "a" in kinds else set())
    ways = [f"{quoted(key)}:*" for key in sorted(begun)]
    if by_sound and phonetic_key(word):
        ways.append(quoted(f"s.{phonetic_key(word)}"))
    return f"({' | '.join(ways)})"


def _referred(word: str) -> list[int]:
    """Households by a reference of theirs, their requests', offers' or places', as read over the telephone."""
    reference = word.upper().translate(_LOOKALIKES)
    if len(reference) != LENGTH or not set(reference) <= set(ALPHABET):
        return []
    return list(
        Household.objects.filter(reference=reference)
        .values_list("pk")
        .union(
            CareRequest.objects.filter(reference=reference).values_list("household"),
            Offer.objects.filter(reference=reference).values_list("preference__request__household"),
            Placement.objects.filter(reference=reference).values_list("child__household"),
        )
        .values_list("pk", flat=True)
    )


def _results(household_ids: Sequence[int], desk: Desk) -> list[Found]:
    children = Child.objects.annotate(
        is_waiting=Exists(CareRequest.objects.filter(child=OuterRef("pk"), state=RequestState.OPEN))
    ).order_by("-born", "-expected", "pk")
    households = (
        Household.objects.filter(pk__in=household_ids)
        .select_related("desk")
        .prefetch_related(
            "desk__municipality",
            Prefetch("adults", queryset=Adult.objects.order_by("-is_applicant", "pk")),
            Prefetch("children", queryset=children),
        )
    )
    by_key = {household.pk: household for household in households}
    return [_found(by_key[key], desk) for key in household_ids]


def _found(household: Household, desk: Desk) -> Found:
    return Found(
        household=household,
        is_here=household.desk_id == desk.pk,
        adults=list(household.adults.all()),
        children=[
            FoundChild(child, is_waiting=getattr(child, "is_waiting", False))
            for child in household.children.all()
        ],
    )


def locations_like(text: str, *, desk_id: int) -> list[Location]:
    """Locations of the desk in whose name, street or mail address the text stands, or with this telephone."""
    key, typed, number = sort_key(text), " ".join(text.split()), digits(text)
    if len(key) < SHORTEST_LOCATION:
        return []
    like = Q(name_key__contains=key) | Q(street__icontains=typed) | Q(email__icontains=typed)
    found = Location.objects.filter(desk=desk_id)
    if _PHONE.fullmatch(typed):
        found = found.annotate(digits=_Digits(F("phone")))
        like = Q(digits__endswith=number)
    return list(found.filter(like).order_by("name_key", "pk")[:LOCATIONS])


class _Digits(Func):
    """The digits of a column."""

    function = "REGEXP_REPLACE"
    template = "%(function)s(%(expressions)s, '[^0-9]', '', 'g')"
    output_field = TextField()
