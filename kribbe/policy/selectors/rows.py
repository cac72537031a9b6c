"""The requests behind a number, for who may see the families."""

from collections.abc import Callable, Mapping

from django.db.models import QuerySet

from kribbe.enrolment.models import CareRequest, RequestState
from kribbe.people.models import Adult
from kribbe.policy.selectors.requests import request_ids, requests_of_year
from kribbe.policy.territory import Territory
from kribbe.rules.counting import Outcome, outcome


def answers_rows(territory: Territory, part: str, year: int) -> "QuerySet[CareRequest]":
    """The latest request of each need of the year that stands so."""
    wanted = Outcome(part)
    found = [need for need in requests_of_year(territory, year=year).needs if outcome(need) is wanted]
    return CareRequest.objects.filter(pk__in=request_ids(found))


def asking_rows(territory: Territory, part: str) -> "QuerySet[CareRequest]":
    """Open requests by what ties them to the area, in the first of the parts that holds."""
    requests = CareRequest.objects.filter(state=RequestState.OPEN)
    lives = requests.filter(household__municipality__in=territory.municipality_ids)
    works = requests.filter(
        household__in=Adult.objects.filter(work_municipality__in=territory.municipality_ids).values(
            "household"
        )
    ).exclude(pk__in=lives.values("pk"))
    registered = requests.filter(desk__in=territory.desk_ids).exclude(pk__in=lives.values("pk"))
    parts: Mapping[str, Callable[[], QuerySet[CareRequest]]] = {
        "living": lambda: lives,
        "working": lambda: works,
        "registered": lambda: registered.exclude(pk__in=works.values("pk")),
    }
    return parts[part]()
