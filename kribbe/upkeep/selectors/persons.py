"""Registered children as the rules compare them. A fixed number of queries, however many children."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Min

from kribbe.enrolment.models import CareRequest
from kribbe.people.models import Adult, Child
from kribbe.rules.duplicates import Name, Person
from kribbe.trust.text import address_words, fold, phonetic_key

SHORTEST_PHONE = 8


def persons(child_ids: Collection[int]) -> dict[int, Person]:
    """These children with what is known around them, by their id."""
    children = list(Child.objects.filter(pk__in=child_ids).select_related("household"))
    adults: dict[int, list[Adult]] = defaultdict(list)
    for adult in Adult.objects.filter(household__in={child.household_id for child in children}):
        adults[adult.household_id].append(adult)
    asked = dict(
        CareRequest.objects.filter(child__in=child_ids)
        .values_list("child")
        .annotate(first=Min("registered_at"))
        .order_by()
    )
    return {
        child.pk: _person(
            child, adults[child.household_id], f"{child.household_id} {asked.get(child.pk, '')}"
        )
        for child in children
    }


def _person(child: Child, adults: Iterable[Adult], made_together: str) -> Person:
    household = child.household
    homes = {_home(household.street, household.postcode)}
    return Person(
        first=_name(child.first_name),
        last=_name(child.last_name),
        born=child.born,
        expected=child.expected,
        number=child.national_number_hash,
        made_together=made_together,
        numbers=_known(adult.national_number_hash for adult in adults),
        emails=_known(adult.email for adult in adults),
        phones=_known(_phone(adult.phone) for adult in adults),
        adults=frozenset(_name(f"{adult.last_name} {adult.first_name}") for adult in adults),
        adult_last_names=frozenset(_name(adult.last_name) for adult in adults),
        addresses=_known(homes | {_home(adult.other_street, adult.other_postcode) for adult in adults}),
    )


def _known(found: Iterable[str]) -> frozenset[str]:
    return frozenset(found) - {""}


def _name(text: str) -> Name:
    return Name(fold(text), phonetic_key(text))


def _home(street: str, postcode: str) -> str:
    """A street with a number and its postcode; a street alone says too little."""
    return " ".join([*address_words(street), fold(postcode)]) if re.search(r"\d", street) else ""


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", text).removeprefix("00").removeprefix("32").lstrip("0")
    return digits if len(digits) >= SHORTEST_PHONE else ""
