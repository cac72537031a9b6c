"""What families and locations are told of agreements and extra days."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from kribbe.contact.models import Notice
from kribbe.contact.services import tell_household, tell_location
from kribbe.enrolment.models import Placement
from kribbe.people.selectors import location_addresses
from kribbe.planning.models import Ending, Paper


def about_paper(paper: Paper, placement: Placement, kind: str, *, now: datetime) -> None:
    """Tell the family of an agreement or addendum."""
    about_place(
        placement,
        kind,
        now=now,
        link=reverse("planning:my_agreement", args=[placement.reference]),
        about=f"paper:{paper.pk}",
        paper=paper,
    )


def location_about_paper(paper: Paper, placement: Placement, kind: str, *, now: datetime) -> None:
    """Tell the location of an agreement or addendum."""
    location = placement.group.location
    location_about_place(
        placement,
        kind,
        now=now,
        link=reverse("planning:agreement", args=[location.slug, placement.reference]),
        about=f"paper:{paper.pk}",
        paper=paper,
    )


def about_ending(ending: Ending, placement: Placement, kind: str, *, now: datetime) -> None:
    """Tell the family of the end of an agreement."""
    link = reverse("planning:my_ending", args=[placement.reference])
    about_place(placement, kind, now=now, link=link, about=f"ending:{ending.pk}", ending=ending)


def location_about_ending(ending: Ending, placement: Placement, kind: str, *, now: datetime) -> None:
    """Tell the location of the end of an agreement."""
    link = reverse("planning:ending", args=[placement.group.location.slug, placement.reference])
    location_about_place(placement, kind, now=now, link=link, about=f"ending:{ending.pk}", ending=ending)


def about_place(
    placement: Placement,
    kind: str,
    *,
    now: datetime,
    link: str,
    about: str,
    once: str | None = None,
    **context: Any,
) -> Notice | None:
    """Tell the family of something about a place; None where it was told `once` already."""
    location = placement.group.location
    return tell_household(
        household_id=placement.child.household_id,
        kind=f"planning/{kind}",
        context={"placement": placement, "child": placement.child, "location": location, **context},
        now=now,
        link=link,
        about=about,
        location_id=location.pk,
        once=once,
    )


def location_about_place(
    placement: Placement, kind: str, *, now: datetime, link: str, about: str, **context: Any
) -> None:
    """Tell the location of something about a place."""
    location = placement.group.location
    tell_location(
        location_id=location.pk,
        desk=location.desk,
        kind=f"planning/{kind}",
        context={"placement": placement, "child": placement.child, "location": location, **context},
        now=now,
        link=link,
        about=about,
        addresses=location_addresses(location_id=location.pk, organiser_id=location.organiser_id),
    )
