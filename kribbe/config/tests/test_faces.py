"""A family's pages wear the face of its own desk, also where the address names none."""

import pytest
from django.urls import reverse

from kribbe.config.tests.doors import DOORS
from kribbe.config.tests.world import client_of
from kribbe.people.models import Household
from kribbe.trust.principal import Role

pytestmark = pytest.mark.django_db


def test_every_page_of_a_parent_wears_the_face_of_its_desk(world):
    users, named = world
    own = Household.objects.get(pk=users["anna"].role_grants.get(role=Role.PARENT).scope_id).desk
    bare = []
    for name, door in DOORS.items():
        address = reverse(name, args=[named[arg] for arg in door.args]) + door.query.format(**named)
        if door.post or "anna" not in door.who or not address.startswith("/my/"):
            continue
        page = client_of(users, "anna").get(address)
        is_page = page.status_code == 200 and b"<html" in page.getvalue()
        if is_page and page.wsgi_request.desk != own:
            bare.append(name)
    assert bare == []
