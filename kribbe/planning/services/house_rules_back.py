"""A version of the house rules that was published by mistake: taken away before it begins, and given back."""

from dataclasses import fields
from datetime import date, datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.services import tell_household
from kribbe.places.models import Location
from kribbe.planning.models import HouseRules
from kribbe.planning.selectors.bill_prices import is_billed
from kribbe.planning.services.house_rules import Rules, concerned, publish_house_rules
from kribbe.rules.allowance import Rounding
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Principal
from kribbe.trust.removed import given_back, kept_fields, last_away

ACT = "house_rules.take_away"


def take_away_house_rules(*, principal: Principal, location: Location, version: int, now: datetime) -> None:
    """A version that hasn't begun goes; families that were told of it are told so.

    Raises RefusedError where it has begun, a paper names it, or a month of its days is invoiced.
    """
    today = localtime(now).date()
    with transaction.atomic():
        lock_rows((Location, location.pk))
        rules = HouseRules.objects.filter(location=location, version=version).first()
        if rules is None:
            raise RefusedError(_("This version was taken away already."), code="gone")
        if rules.from_day <= today:
            raise RefusedError(_("This version holds already. Publish a new one in its place."), code="begun")
        if is_billed(location, rules.from_day):
            raise RefusedError(
                _("A month of its days is invoiced. Publish a new version in its place."), code="billed"
            )
        kept = kept_fields(rules)
        try:
            with transaction.atomic():
                rules.delete()
        except ProtectedError as error:
            raise RefusedError(
                _("An agreement names this version. Publish a new one in its place."), code="signed"
            ) from error
        record(
            principal=principal,
            action=ACT,
            subject=location,
            now=now,
            desk_id=location.desk_id,
            version=version,
            kept=kept,
        )
        _tell(HouseRules(**given_back(HouseRules, kept)), today, now)


def taken_away(location: Location, now: datetime) -> AuditEntry | None:
    """The last version that was taken away lately, that would still begin later and wasn't given back."""
    entry = last_away(location, ACT, now)
    if entry is None or date.fromisoformat(entry.data["kept"]["from_day"]) <= localtime(now).date():
        return None
    later = HouseRules.objects.filter(location=location, published_at__gte=entry.at)
    return None if later.exists() else entry


def give_back_house_rules(*, principal: Principal, location: Location, now: datetime) -> HouseRules:
    """The version that was taken away last is published again, as any version is.

    Raises RefusedError where there is none, and as `publish_house_rules` does.
    """
    entry = taken_away(location, now)
    if entry is None:
        raise RefusedError(_("There is nothing to give back any more."), code="gone")
    kept = given_back(HouseRules, entry.data["kept"])
    names = {each.name for each in fields(Rules)}
    rules = Rules(
        **{name: value for name, value in kept.items() if name in names},
        half_days=kept["allowance_half_days"],
        rounding=Rounding(kept["allowance_rounding"]),
    )
    return publish_house_rules(principal=principal, location=location, rules=rules, now=now)


def _tell(rules: HouseRules, today: date, now: datetime) -> None:
    for placement in concerned(rules.location, today):
        tell_household(
            household_id=placement.child.household_id,
            kind="planning/house_rules_gone",
            context={
                "placement": placement,
                "child": placement.child,
                "location": rules.location,
                "rules": rules,
            },
            now=now,
            link=reverse("planning:my_agreement", args=[placement.reference]),
            about=f"house_rules:{rules.location_id}:{rules.version}",
            location_id=rules.location_id,
        )
