"""The audit trail on the pages of a desk: who did what, by day, person and deed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.test_office_pages import staff
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def clerk(desk):
    return staff(desk, Role.CLERK)


def test_the_audit_trail_by_day_person_and_deed(desk, clerk):
    administrator = staff(desk, Role.ADMINISTRATOR)
    clerk.get(reverse("enrolment:office", args=[desk.slug]), {"q": "=iemand"})
    address = reverse("enrolment:audit", args=[desk.slug])
    assert "Searched families" in administrator.get(address, {"actor": "clerk"}).text
    today = timezone.localdate()
    for params, count in (
        ({}, 1),
        ({"action": "desk.search"}, 1),
        ({"action": "offer.make"}, 0),
        ({"first": f"{today}", "last": f"{today}"}, 1),
        ({"first": f"{today + timedelta(days=1)}"}, 0),
        ({"last": f"{today - timedelta(days=1)}"}, 0),
        ({"actor": "nobody"}, 0),
    ):
        assert len(administrator.get(address, params).context["rows"]) == count, params
    file = administrator.get(address, {"download": "csv"}).content.decode("utf-8-sig")
    assert "desk.search" in file
    assert AuditEntry.objects.filter(action="desk.audit").count() == 1


def test_a_cell_is_never_a_formula(desk):
    administrator = staff(desk, Role.ADMINISTRATOR)
    AuditEntry.objects.create(
        at=timezone.now(),
        actor_name="=HYPERLINK(1)",
        action="desk.search",
        subject="region.desk",
        desk_id=desk.pk,
    )
    file = administrator.get(reverse("enrolment:audit", args=[desk.slug]), {"download": "csv"})
    assert ";'=HYPERLINK(1);" in file.text


def test_the_audit_trail_page_by_page(desk):
    administrator = staff(desk, Role.ADMINISTRATOR)
    now = timezone.now()
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=now, actor_name=f"{number}", action="desk.search", subject="region.desk", desk_id=desk.pk
        )
        for number in range(120)
    )
    address, seen = reverse("enrolment:audit", args=[desk.slug]), []
    while address:
        shown = administrator.get(address)
        seen += [row["who"] for row in shown.context["rows"]]
        address = shown.context["next_url"]
    assert seen == [f"{number}" for number in range(119, -1, -1)]
