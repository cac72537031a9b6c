"""What the tests of this folder share."""

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.services.make_offer import Excuse, make_offer
from kribbe.people.models import User
from kribbe.people.services import link_user
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM

NOW = timezone.now()

TODAY = timezone.localdate()

START = TODAY + timedelta(days=60)

WEEK = WeekPattern.from_text("mon tue thu-am")

PART = WeekPattern.from_text("mon tue")


def family(desk, name, locations, *, days_ago=0, start=START, **child):
    then = NOW - timedelta(days=days_ago)
    household = cast.make_household(desk, name, now=then, email=f"{name.lower()}@ouders.example")
    born = child.pop("born", TODAY - timedelta(days=120))
    kid = cast.make_child(household, child.pop("first_name", f"Kind {name}"), born=born, **child)
    return cast.make_request(kid, locations, start=start, pattern=WEEK, now=then)


def log_in(client, household):
    user, _ = User.objects.get_or_create(email=f"{household.reference.lower()}@ouders.example")
    link_user(household=household, user=user, principal=SYSTEM, now=NOW)
    client.force_login(user)


def offer(request, location, *, pattern=WEEK, start=START, **more):
    return make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get(location=location).pk,
        group_id=location.groups.get().pk,
        start=start,
        pattern=pattern,
        now=NOW,
        **more,
    )


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def page(client, name, *args):
    return text(client.get(reverse(f"enrolment:{name}", args=args)))


def excuses(request, location):
    return {request.preferences.get(location=location).pk: Excuse("group-balance")}
