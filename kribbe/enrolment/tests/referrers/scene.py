"""A family lets an organisation act for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kribbe.people.models import Consented
from kribbe.people.services import give_consent
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


def agree(household, organisation, *, what=tuple(Consented), days=90):
    today = timezone.localdate()
    return give_consent(
        household=household,
        organisation=organisation,
        what=what,
        until=today + timedelta(days=days),
        on_paper=True,
        principal=SYSTEM,
        today=today,
        now=timezone.now(),
    )
