"""No family is shown to staff without a trace: whoever reads a name leaves it on the audit trail of that family.

Pages that a mailed link opens for anybody are left out: nobody is known there.
"""

import pytest
from django.db import transaction
from django.urls import reverse

from kribbe.config.tests.doors import DOORS
from kribbe.config.tests.doors_kinds import ALL, PARTS
from kribbe.config.tests.world import client_of
from kribbe.people.models import Adult
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db

READERS = ALL - {"visitor", "anna", "charlie", "unverified clerk"}
NAMES = {
    "Maes": "Maes", "Xanthe": "Maes", "Ysaura": "Maes", "Zeger": "Maes", "Quirijn": "Maes",
    "Peeters": "Peeters", "Thybaut": "Peeters",
    "Zondervan": "Zondervan", "Wolfert": "Zondervan",
}  # fmt: skip
"""Names that stand nowhere but in the world's families, and the family of each."""


@pytest.mark.parametrize("part", range(PARTS))
def test_whoever_of_the_staff_reads_a_name_leaves_a_trace(part, world):
    users, named = world
    families = dict(Adult.objects.filter(is_applicant=True).values_list("last_name", "household_id"))
    clients = {who: client_of(users, who) for who in sorted(READERS)}
    untraced, read = {}, set()
    for name in sorted(DOORS)[part::PARTS]:
        door = DOORS[name]
        address = reverse(name, args=[named[arg] for arg in door.args]) + door.query.format(**named)
        if door.post or "visitor" in door.who:
            continue
        for who in sorted(door.who & READERS):
            seen, traced = look(clients[who], address)
            read |= seen
            if missing := sorted(word for word in seen if families[NAMES[word]] not in traced):
                untraced[name, who] = missing
    assert untraced == {}, "\n".join(f"{key}: {words}" for key, words in sorted(untraced.items()))
    assert read, "hardly a page named a family"


def look(client, address):
    """The names that a page shows, and the households about which opening it wrote something down."""
    with transaction.atomic():
        last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        response = client.get(address)
        text = b"".join(response) if response.streaming else response.content
        entries = AuditEntry.objects.filter(pk__gt=last)
        traced = {key for entry in entries for key in (entry.household_id, *entry.data.get("households", ()))}
        transaction.set_rollback(True)
    return {word for word in NAMES if word.encode() in text}, traced
