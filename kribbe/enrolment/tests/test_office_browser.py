"""The clerk's pages in a real browser: by keyboard, at three widths, with nothing for axe to find."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.tests.location_scene import client_of, make_family
from kribbe.people.models import Adult, FactKind, User
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.browser import PHONE, screenshot, seen
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = {Role.CLERK: "marleen", Role.ADMINISTRATOR: "ada"}


@built_once
def scene():
    now = timezone.now()
    start = timezone.localdate() + timedelta(days=75)
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar")
    group = cast.make_group(location, 14, now=now)
    cast.make_group(location, 7, now=now, name="Beren", price="free")
    first = make_family(desk, location, 0, start=start, now=now, days_ago=90)
    for number in range(1, 24):
        make_family(desk, location, number, start=start + timedelta(days=30 * (number % 3)), now=now)
    cast.make_request(
        cast.make_child(first.household, "Lou", born=start - timedelta(days=400)),
        [location],
        start=timezone.localdate() + timedelta(days=9),
        pattern=WeekPattern.from_text("mon tue"),
        now=now,
    )
    for number in range(8):
        child = cast.make_child(
            cast.make_household(desk, "Claes", now=now), f"Kind {number}", born=start - timedelta(days=500)
        )
        cast.make_placement(
            child,
            group,
            start=timezone.localdate() - timedelta(days=30),
            end=start + timedelta(days=300),
            pattern=WeekPattern.from_text("mon tue thu"),
            now=now,
        )
    cast.make_fact(first.household, FactKind.SINGLE, since=start - timedelta(days=500), now=now)
    Adult.objects.filter(household=first.household).update(phone="0470 12 34 56")
    make_offer(
        principal=SYSTEM,
        preference_id=first.preferences.get().pk,
        group_id=group.pk,
        start=start,
        pattern=WeekPattern.from_text("mon tue"),
        now=now,
        excuses={},
    )
    return desk, first


def logged_in(open_page, desk, *, role=Role.CLERK, **options):
    email = f"{NAMES[role]}@loket.example"
    user = User.objects.filter(email=email).first() or cast.make_user(
        email, role=role, scope=Scope.DESK, scope_id=desk.pk, now=timezone.now()
    )
    page = open_page(**options)
    session = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
    page.goto("/livez")
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])
    return page


def test_every_page_of_the_office(open_page, scene):
    desk, request = scene
    clerk = logged_in(open_page, desk)
    administrator = logged_in(open_page, desk, role=Role.ADMINISTRATOR)
    at = {"desk": desk.slug, "reference": request.household.reference}
    pages = [
        (clerk, "office", f"{reverse('enrolment:office', args=[desk.slug])}?q=maes"),
        (clerk, "new-request", reverse("enrolment:office_new_request", args=[desk.slug])),
        (clerk, "household", reverse("enrolment:household", kwargs=at)),
        (
            clerk,
            "end",
            reverse("enrolment:office_end", kwargs={**at, "request_reference": request.reference}),
        ),
        (clerk, "fact", reverse("enrolment:office_fact", kwargs=at)),
        (administrator, "audit", reverse("enrolment:audit", args=[desk.slug])),
    ]
    for page, name, address in pages:
        assert page.goto(address).status == 200
        seen(page)
        if name in {"office", "household"}:
            screenshot(page, f"clerk-{name}")


def test_the_search_follows_the_typing_and_works_without_script(open_page, scene):
    desk, request = scene
    clerk = logged_in(open_page, desk)
    clerk.goto(reverse("enrolment:office", args=[desk.slug]))
    clerk.get_by_label("Wie zoek je?").press_sequentially("maes")
    clerk.get_by_role("link", name="An Maes").first.wait_for()
    plain = logged_in(open_page, desk, size=PHONE, javascript=False)
    plain.goto(reverse("enrolment:office", args=[desk.slug]))
    plain.get_by_label("Wie zoek je?").fill(request.household.reference)
    plain.keyboard.press("Enter")
    plain.get_by_role("link", name="An Maes").click()
    assert plain.get_by_role("heading", level=1).inner_text() == "An Maes"
