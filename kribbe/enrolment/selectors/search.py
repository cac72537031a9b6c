"""The clerk's search: one line of text over everything by which a family can be known.

A family of the clerk's own desk is found by everything. One of another desk of the region is found only by names,
birth date, reference or national number, so that a double registration shows and nothing else does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, Func, OuterRef, Prefetch, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from kribbe.enrolment.models import CareRequest, Offer, Placement, RequestState
from kribbe.enrolment.selectors.keyset import Page, page
from kribbe.people.identity import national_number_hash
from kribbe.people.models import Adult, Child, Household
from kribbe.region.models import Desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.references import ALPHABET, LENGTH
from kribbe.trust.text import fold

PAGE = 20
SHORTEST = 2
MOST_WORDS = 6
NATIONAL_DIGITS = 8
"""Digits of a telephone number that are compared at least, without the country's or the zone's nought."""

_NUMBER = re.compile(r"(?<![\d+])\d{2}[.\s]?\d{2}[.\s]?\d{2}[-.\s]?\d{3}[-.\s]?\d{2}(?!\d)")
_DAY = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
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
    phones = tuple(_national(found) for found in _PHONE.findall(text))
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
    days = []
    for year, month, day in given:
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return tuple(days), _ISO_DAY.sub(" ", _DAY.sub(" ", text))


def _national(phone: str) -> str:
    """The digits that tell numbers apart: +32 470 12 34 56 and 0470/12.34.56 are the same."""
    digits = re.sub(r"\D", "", phone).removeprefix("00")
    if phone.startswith(("+", "00")):
        digits = digits.removeprefix("32")
    return digits.lstrip("0")


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


def search(terms: Terms, *, desk: Desk, after: str = "", before: str = "") -> tuple[list[Found], bool, bool]:
    """Households in the desk's region by all of the terms, in the order of their applicant's name.

    `after` and `before` are references of the household where the reader is. Returns the results, and whether
    there are others before and after them.
    """
    if not terms.is_enough:
        return [], False, False
    found = _matching(terms, desk)
    here: Page[Adult] = page(
        found, by="name_key", size=PAGE, after=_applicant(after), before=_applicant(before)
    )
    return _results(here.rows, desk), here.has_previous, here.has_next


def _applicant(reference: str) -> Adult | None:
    if not reference:
        return None
    return Adult.objects.filter(is_applicant=True, household__reference=reference).first()


def _matching(terms: Terms, desk: Desk) -> "QuerySet[Adult]":
    applicants = Adult.objects.filter(is_applicant=True, household__desk__region=desk.region_id)
    own, elsewhere = Q(household__desk=desk), ~Q(household__desk=desk)
    if terms.emails or terms.phones:
        applicants = applicants.filter(own)
    applicants = applicants.annotate(address=_ADDRESS)
    for word in terms.words:
        known = _named(word) | _referred(word)
        applicants = applicants.filter((own & (known | _lives(word))) | (elsewhere & known))
    for condition in [
        *(_born(day) for day in terms.births),
        *(_numbered(number) for number in terms.numbers),
        *(_mailed(email) for email in terms.emails),
        *(_called(phone) for phone in terms.phones),
    ]:
        applicants = applicants.filter(condition)
    return applicants


def _folded(expression: Concat) -> Func:
    """Lower case without accents or punctuation, as `fold` does in Python."""
    plain = Func(
        Func(expression, template="normalize(lower(%(expressions)s), NFKD)", output_field=TextField()),
        Value("[\u0300-\u036f]"),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=TextField(),
    )
    return Func(
        plain,
        Value("[^a-z0-9]+"),
        Value(" "),
        Value("g"),
        function="regexp_replace",
        output_field=TextField(),
    )


_ADDRESS = _folded(
    Concat("household__street", Value(" "), "household__postcode", Value(" "), "household__city")
)
_OTHER_ADDRESS = _folded(Concat("other_street", Value(" "), "other_postcode", Value(" "), "other_city"))


def _of_household(model: type[Adult] | type[Child], condition: Q) -> Q:
    return Q(Exists(model._default_manager.filter(condition, household=OuterRef("household"))))


def _named(word: str) -> Q:
    """A short word must begin a last or first name; a longer one may stand inside, as in "de Vries"."""
    begins = Q(name_key__startswith=word) | Q(name_key__contains=f"\x1f{word}")
    condition = begins if len(word) <= SHORTEST else Q(name_key__contains=word)
    return _of_household(Adult, condition) | _of_household(Child, condition)


def _lives(word: str) -> Q:
    begins = rf"\m{word}"
    elsewhere = Adult.objects.annotate(address=_OTHER_ADDRESS).filter(
        address__regex=begins, household=OuterRef("household")
    )
    return Q(address__regex=begins) | Q(Exists(elsewhere))


def _referred(word: str) -> Q:
    """The reference of a household, request, offer or placement, as it is read over the telephone."""
    reference = word.upper().translate(_LOOKALIKES)
    if len(reference) != LENGTH or not set(reference) <= set(ALPHABET):
        return Q(pk__in=[])
    requests = CareRequest.objects.filter(reference=reference).values("household")
    offers = Offer.objects.filter(reference=reference).values("preference__request__household")
    placements = Placement.objects.filter(reference=reference).values("child__household")
    return (
        Q(household__reference=reference)
        | Q(household__in=requests)
        | Q(household__in=offers)
        | Q(household__in=placements)
    )


def _born(day: date) -> Q:
    return _of_household(Child, Q(born=day) | Q(born=None, expected=day))


def _numbered(number: str) -> Q:
    condition = Q(national_number_hash=number)
    return _of_household(Adult, condition) | _of_household(Child, condition)


def _mailed(email: str) -> Q:
    return _of_household(Adult, Q(email__istartswith=email))


def _called(phone: str) -> Q:
    digits = Func(
        "phone", Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=TextField()
    )
    adults = Adult.objects.annotate(digits=digits).filter(
        digits__endswith=phone, household=OuterRef("household")
    )
    return Q(Exists(adults)) if len(phone) >= NATIONAL_DIGITS else Q(pk__in=[])


def _results(applicants: Sequence[Adult], desk: Desk) -> list[Found]:
    children = Child.objects.annotate(
        is_waiting=Exists(CareRequest.objects.filter(child=OuterRef("pk"), state=RequestState.OPEN))
    ).order_by("-born", "-expected", "pk")
    households = (
        Household.objects.filter(pk__in=[applicant.household_id for applicant in applicants])
        .select_related("desk")
        .prefetch_related(
            Prefetch("adults", queryset=Adult.objects.order_by("-is_applicant", "pk")),
            Prefetch("children", queryset=children),
        )
    )
    by_key = {household.pk: household for household in households}
    return [_found(by_key[applicant.household_id], desk) for applicant in applicants]


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
