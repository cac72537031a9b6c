"""What the tests of this folder share."""

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.models import RequestDraft
from kribbe.enrolment.services.drafts import (
    keep_draft,
)

TODAY = timezone.localdate()

START = TODAY + timedelta(days=200)

CHILD = {
    "count": "1",
    "first_name_0": "Noor",
    "last_name_0": "Maes",
    "born_0": "born",
    "day_0": str(TODAY - timedelta(days=60)),
    "street": "Kerkstraat 1",
    "postcode": "3999",
    "city": "Lindedaal",
    "first_name": "Els",
    "last_name": "Maes",
    "email": "els.maes@ouders.example",
    "phone": "",
    "version": "1",
    "action": "next",
}

DAYS = {
    "pattern": ["0", "1", "6"],
    "flexibility": "exact",
    "wanted_start": str(START),
    "latest_start": str(START + timedelta(days=60)),
    "version": "2",
    "action": "next",
}

LAST = {"declared": "on", "works_in": "", "remarks": "", "version": "9", "action": "next"}


def begin(client, desk, *places):
    """A new request of this browser, as it is saved when the first word is typed."""
    address = reverse("enrolment:new_request", args=[desk.slug])
    first = client.post(address + "?" + "&".join(f"location={place.slug}" for place in places))
    page = client.get(first.url)
    draft = page.context["draft"]
    assert not RequestDraft.objects.filter(reference=draft.reference).exists()
    return keep_draft(draft)


def url(draft, step):
    return reverse(f"enrolment:draft_{step}", args=[draft.desk.slug, draft.reference])


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def fill(client, draft, *steps):
    """Go through the first steps rightly."""
    for step, data in (("child", CHILD), ("days", DAYS), ("choices", choices(draft)))[: len(steps) or 3]:
        assert client.post(url(draft, step), data).status_code == 302, step


def choices(draft, **more):
    order = RequestDraft.objects.get(pk=draft.pk).answers["choices"]["typed"]["order"]
    return {"order": order, "price": "any", "q": "", "version": "9", "action": "next", **more}


def draft_answers(draft):
    return {**RequestDraft.objects.get(pk=draft.pk).answers}
