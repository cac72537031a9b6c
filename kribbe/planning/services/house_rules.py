"""House rules: a new version, in time where it is less good for families, and the word to those that it concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.services import tell_household
from kribbe.enrolment.models import Placement
from kribbe.places.models import Location
from kribbe.planning.models import HouseRules
from kribbe.planning.selectors.house_rules import house_rules_by_day, of_absence
from kribbe.planning.selectors.planned import certain
from kribbe.region.selectors import policy_on
from kribbe.rules.allowance import Rounding
from kribbe.rules.house_rules import TOLD_MONTHS, AbsenceRules, is_worse, told_until
from kribbe.rules.illness import IllRules
from kribbe.rules.packs import load_pack
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Principal
from kribbe.web.templatetags.telling import long_date

AHEAD = timedelta(days=4000)
"""As far as a certain place can lie ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a version of the house rules says; see `HouseRules`."""

    from_day: date
    notice_days: int = 60
    allowance_days: Decimal | None = None
    half_days: bool = False
    rounding: Rounding = Rounding.UP
    told_by: time | None = None
    told_days_before: int = 0
    absence_full: Decimal | None = None
    absence_half: Decimal | None = None
    ill_days: int | None = 0
    ill_note: bool = False
    visits_charged: bool = False


def publish_house_rules(
    *, principal: Principal, location: Location, rules: Rules, now: datetime
) -> HouseRules:
    """A new version of the house rules; those before it stay. Families with a certain place are told.

    Raises RefusedError on a day that is over and, where a family has a certain place, on rules that are less good
    for it and begin within two months.
    """
    today = localtime(now).date()
    if rules.from_day < today:
        raise RefusedError(_("House rules can't begin on a day that is over."), field="from_day")
    if (rules.absence_full is None) != (rules.absence_half is None):
        raise RefusedError(
            _("Give both amounts, for a full and for half a day, or none."), field="absence_half"
        )
    if rules.told_days_before and rules.told_by is None:
        raise RefusedError(_("Give the time until which an absence is told in time."), field="told_by")
    with transaction.atomic():
        lock_rows((Location, location.pk))
        places = concerned(location, today)
        worse = _is_worse(location, rules, today)
        if worse and places:
            _check_term(location, rules, today)
        last = _last_version(location)
        made = HouseRules.objects.create(
            location=location,
            version=last + 1,
            from_day=rules.from_day,
            notice_days=rules.notice_days,
            allowance_days=rules.allowance_days,
            allowance_half_days=rules.half_days,
            allowance_rounding=rules.rounding,
            told_by=rules.told_by,
            told_days_before=rules.told_days_before,
            absence_full=rules.absence_full,
            absence_half=rules.absence_half,
            ill_days=rules.ill_days,
            ill_note=rules.ill_note,
            visits_charged=rules.visits_charged,
            published_at=now,
            published_by=principal.user_id,
        )
        record(
            principal=principal,
            action="house_rules.publish",
            subject=made,
            now=now,
            desk_id=location.desk_id,
            location=location.pk,
        )
        _tell(made, places, worse, now)
    return made


def _last_version(location: Location) -> int:
    """The highest number that was ever given: families were told of one that was taken away too."""
    found: int = HouseRules.objects.filter(location=location).aggregate(last=Max("version"))["last"] or 0
    gone = AuditEntry.objects.filter(
        subject=Location._meta.label_lower, subject_id=location.pk, action="house_rules.take_away"
    )
    return max([found, *(int(data["version"]) for data in gone.values_list("data", flat=True))])


def concerned(location: Location, today: date) -> list[Placement]:
    """One certain place, running or to come, of each family."""
    found = (
        certain((today, today + AHEAD)).filter(group__location=location).select_related("child__household")
    )
    return list({each.child.household_id: each for each in found}.values())


def _is_worse(location: Location, rules: Rules, today: date) -> bool:
    """Whether they are less good than those before; the first version writes down what holds on paper already."""
    before = house_rules_by_day(location.pk, [rules.from_day])[rules.from_day]
    return before is not None and is_worse(
        of_absence(before),
        AbsenceRules(
            allowance_days=rules.allowance_days,
            rounding=rules.rounding,
            told_by=rules.told_by,
            told_days_before=rules.told_days_before,
            absence_full=rules.absence_full,
            absence_half=rules.absence_half,
            illness=IllRules(free=rules.ill_days, note=rules.ill_note),
            visits_charged=rules.visits_charged,
        ),
        pack=load_pack(policy_on(location.desk, today).rule_pack),
        on=rules.from_day,
    )


def _check_term(location: Location, rules: Rules, today: date) -> None:
    pack = load_pack(policy_on(location.desk, today).rule_pack)
    first = told_until(today, pack)
    if rules.from_day < first:
        raise RefusedError(
            _(
                "These rules are less good for families: they are told %(months)s months before. Let them begin on"
                " %(day)s at the earliest."
            )
            % {"day": long_date(first), "months": pack.integer(TOLD_MONTHS, today)},
            field="from_day",
        )


def _tell(made: HouseRules, places: Sequence[Placement], worse: bool, now: datetime) -> None:
    for placement in places:
        tell_household(
            household_id=placement.child.household_id,
            kind="planning/house_rules",
            context={
                "placement": placement,
                "child": placement.child,
                "location": made.location,
                "rules": made,
                "is_worse": worse,
            },
            now=now,
            link=reverse("planning:my_agreement", args=[placement.reference]),
            about=f"house_rules:{made.pk}",
            location_id=made.location_id,
        )
