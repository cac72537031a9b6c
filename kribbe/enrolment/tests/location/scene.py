"""What the tests of this folder share."""

import re

from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.tests.location_scene import make_family
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.principal import SYSTEM

NOW = timezone.now()

TODAY = timezone.localtime(NOW).date()

START = add_months(first_of_month(TODAY), 2)

MONTH = f"{START:%Y-%m}"


def families(desk, location, count, *, first=0):
    return [make_family(desk, location, first + n, start=START, now=NOW) for n in range(count)]


def address(name, location, *args):
    return reverse(f"enrolment:{name}", args=[location.slug, *args])


def wish(request):
    return request.preferences.get()


def offer_to(request, group, **more):
    return make_offer(
        principal=SYSTEM,
        preference_id=wish(request).pk,
        group_id=group.pk,
        start=START,
        pattern=WeekPattern(request.pattern),
        now=NOW,
        **more,
    )


def positions(page):
    return [int(number) for number in re.findall(r'class="queue__nr">(\d+)<', page)]


def sent(request, group, **more):
    slots = WeekPattern(request.pattern).slots()
    return {
        "group": group.pk,
        "start": f"{START}",
        "last": f"{add_months(START, 20)}",
        "pattern": slots,
        **more,
    }
