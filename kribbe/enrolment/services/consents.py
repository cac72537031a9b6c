"""What is told of a consent to an organisation: to the family when it agrees, to the organisation before the end."""

from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.timezone import localtime

from kribbe.contact.services import tell_household, tell_one
from kribbe.contact.writing import BINDING_LANGUAGE
from kribbe.enrolment.selectors.still_asked import waits_for_answer
from kribbe.people.models import Consent, Consented, RoleGrant
from kribbe.trust.principal import Role, Scope

TOLD_BEFORE = timedelta(days=14)
"""How long before its end the organisation is told."""


def tell_family(consent_id: int, now: datetime) -> None:
    """Who may act for it, in what, until when, and how it withdraws that."""
    consent = Consent.objects.select_related("household", "organisation").get(pk=consent_id)
    tell_household(
        household_id=consent.household_id,
        kind="enrolment/consent_given",
        context={
            "organisation": consent.organisation,
            "what": [Consented(each) for each in consent.what],
            "until": last_day_of(consent),
        },
        now=now,
        link=reverse("people:my_data"),
        about=f"consent:{consent.pk}",
    )


def remind_of_consents(*, now: datetime) -> int:
    """Tell organisations which consents end within `TOLD_BEFORE`, each once. Returns how many mails."""
    today = localtime(now).date()
    ending = Consent.objects.filter(
        withdrawn_at=None,
        during__endswith__gt=today,
        during__endswith__lte=today + TOLD_BEFORE + timedelta(days=1),
    )
    found = ending.filter(organisation__active=True).select_related("household", "organisation__desk")
    return sum(_remind(each, now) for each in found.order_by("pk"))


def last_day_of(consent: Consent) -> date:
    """The last day on which the organisation may act."""
    last: date = consent.during.upper - timedelta(days=1)
    return last


def _remind(consent: Consent, now: datetime) -> int:
    organisation = consent.organisation
    told = [
        tell_one(
            desk=organisation.desk,
            household_id=None,
            name=organisation.name,
            address=address,
            language=BINDING_LANGUAGE,
            kind="enrolment/consent_ends",
            context={
                "organisation": organisation,
                "until": last_day_of(consent),
                "waits": waits_for_answer(consent.household, now),
            },
            now=now,
            link=reverse("enrolment:family", args=[consent.household.reference]),
            about=f"consent:{consent.pk}",
            once=f"consent_ends:{consent.pk}:{number}",
        )
        for number, address in enumerate(addresses_of(consent))
    ]
    return sum(each is not None for each in told)


def addresses_of(consent: Consent) -> list[str]:
    """The organisation's own address; without one those of the people who act for it."""
    if consent.organisation.email:
        return [consent.organisation.email]
    grants = RoleGrant.objects.filter(
        role=Role.REFERRER, scope=Scope.REFERRER, scope_id=consent.organisation_id, user__is_active=True
    )
    return list(grants.order_by("pk").values_list("user__email", flat=True))
