"""A page of a location says in its title which: who has five of them open finds the right one."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.models import Location
from kribbe.testing import cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "name",
    [
        "enrolment:today",
        "enrolment:location_children",
        "planning:week",
        "staff:roster",
        "staff:team",
    ],
)
def test_the_title_names_page_location_and_desk(name):
    now = timezone.now()
    location = cast.make_location(cast.make_desk(), "De Notelaar")
    Location.objects.filter(pk=location.pk).update(name="De Notelaar & Co")
    client = client_of(manager_of(location, now=now))
    page = client.get(reverse(name, args=[location.slug])).content.decode()
    (title,) = re.findall("<title>(.*)</title>", page)
    what, place, _desk = title.split(" – ")
    assert what
    assert place == "De Notelaar &amp; Co"


def test_another_page_names_none(client):
    page = client.get("/").content.decode()
    (title,) = re.findall("<title>(.*)</title>", page)
    assert title.count(" – ") <= 1
