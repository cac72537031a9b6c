"""Households are forgotten once nothing needs them: see `docs/decisions/0023-a-family-is-forgotten.md`."""

import json
import logging
import secrets
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kribbe.people.keeping import kept
from kribbe.people.models import Child, Household
from kribbe.region.models import Desk
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.forgetting import Rule, deeds, rules
from kribbe.trust.locks import lock_alone, lock_rows
from kribbe.trust.principal import SYSTEM, Principal
from kribbe.upkeep.models import ForgettingHold, Forgotten
from kribbe.upkeep.selectors.forgetting import AT_ONCE, due, together

log = logging.getLogger(__name__)

LONGEST_HOLD = timedelta(days=366 * 2)


def forget_due(*, now: datetime) -> int:
    """Forget every household that nothing needs any more; a group of registrations of one child at once.

    Returns how many. One that fails is told on its trail and tried again the next night.
    """
    today = localtime(now).date()
    over: set[int] = set()
    for desk in Desk.objects.order_by("pk").values_list("pk", flat=True):
        over |= due(desk, today, today=today).keys()
    done = 0
    for group, same in together(over):
        if group <= over:
            done += _forget_safely(group, same, now)
    return done


def hold(
    *, principal: Principal, household: Household, reason: str, until: date, now: datetime
) -> ForgettingHold:
    """Keep a household until a day, whatever its term. Raises RefusedError without a reason or with a wrong day."""
    today = localtime(now).date()
    if not reason.strip():
        raise RefusedError(_("Say why this family is kept longer."), field="reason", code="why")
    if not today < until <= today + LONGEST_HOLD:
        raise RefusedError(
            _("Choose a day in the coming two years; after that you can keep the family again."),
            field="until",
            code="day",
        )
    with transaction.atomic():
        lock_rows((Household, household.pk))
        if Forgotten.objects.filter(household_id=household.pk).exists():
            raise RefusedError(_("This family is forgotten already."), code="gone")
        _end_holds(household, now)
        made = ForgettingHold.objects.create(
            household=household, reason=reason.strip(), until=until, made_at=now, made_by=principal.user_id
        )
        _record(principal, "household.hold", household, now, until=f"{until}")
    return made


def release(*, principal: Principal, household: Household, now: datetime) -> None:
    """Let the household's own term hold again."""
    with transaction.atomic():
        lock_rows((Household, household.pk))
        if _end_holds(household, now):
            _record(principal, "household.release", household, now)


def _end_holds(household: Household, now: datetime) -> int:
    return ForgettingHold.objects.filter(household=household, ended_at=None).update(ended_at=now)


def _forget_safely(group: Collection[int], same: Mapping[int, int], now: datetime) -> int:
    """Whatever goes wrong with one household, such as a row that others hold, the next ones are still forgotten."""
    try:
        return _forget_group(group, same, now)
    except Exception:
        log.exception("households %s could not be forgotten", sorted(group))
        for household in Household.objects.filter(pk__in=group):
            _record(SYSTEM, "household.forget_failed", household, now)
        return 0


@transaction.atomic
def _forget_group(group: Collection[int], same: Mapping[int, int], now: datetime) -> int:
    """How many were forgotten: all, or none where something needs one of them by now."""
    lock_alone(*((Household, key) for key in group))
    desk_of = dict(Household.objects.filter(pk__in=group).values_list("pk", "desk"))
    today = localtime(now).date()
    if not all(each.is_over(today) for each in kept(desk_of, today).values()):
        return 0
    for key, desk_id in sorted(desk_of.items()):
        Forgotten.objects.create(household_id=key, desk_id=desk_id, at=now)
        for rule in rules():
            _follow(rule, key)
        for deed in deeds():
            deed(key, now)
    _name_anew(min(group), same)
    numbers = Counter(desk_of.values())
    for desk in Desk.objects.filter(pk__in=numbers):
        record(
            principal=SYSTEM,
            action="household.forget",
            subject=desk,
            now=now,
            desk_id=desk.pk,
            number=numbers[desk.pk],
        )
    return len(desk_of)


def _name_anew(family: int, same: Mapping[int, int]) -> None:
    """Registrations of one child stay one to whoever counts, by a word drawn by lot that says nothing."""
    words = {head: f"forgotten:{secrets.token_hex(16)}" for head in set(same.values())}
    for key, head in same.items():
        _change(family, Child, [key], {"name_key": words[head], "national_number_hash": words[head]})


def _follow(rule: Rule, family: int) -> None:
    """What the rule says, to the rows of the household and to every version that was kept of them."""
    model = apps.get_model(rule.label)
    keys = list(model._default_manager.filter(rule.find(family)).values_list("pk", flat=True).distinct())
    rows = model._default_manager.filter(pk__in=keys)
    versions = _versions(model, rule, family, keys)
    if rule.become is not None:
        _blank(rows, rule.become, family)
        _blank(versions, rule.become, family)
        return
    if rule.is_guarded:
        _change(family, model, keys, None)
    else:
        rows.delete()
    _versions(model, rule, family, keys).delete()


def _versions(model: type[models.Model], rule: Rule, family: int, keys: list[int]) -> "models.QuerySet[Any]":
    """What triggers kept of these rows and of rows that went before; none where nothing is kept."""
    try:
        event = apps.get_model(f"{rule.label}Event")
    except LookupError:
        return model._default_manager.none()
    kept: models.Manager[Any] = event._default_manager
    found = kept.filter(rule.find(family)).values("pk")
    return kept.filter(models.Q(pk__in=found) | models.Q(pgh_obj_id__in=keys))


def _blank(rows: "models.QuerySet[Any]", become: Mapping[str, Any], family: int) -> None:
    """One change for all rows that become the same."""
    alike: dict[str, list[int]] = defaultdict(list)
    for row in rows.iterator(chunk_size=AT_ONCE):
        alike[_written(row, become)].append(row.pk)
    for written, keys in alike.items():
        _change(family, rows.model, keys, json.loads(written))


def _written(row: models.Model, become: Mapping[str, Any]) -> str:
    values = {
        row._meta.get_field(name).column: value(row) if callable(value) else value  # type: ignore[union-attr]
        for name, value in become.items()
    }
    return json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True)


def _change(
    family: int, model: type[models.Model], keys: Collection[int], become: Mapping[str, Any] | None
) -> None:
    """By the function in the database, which a row of `Forgotten` of this transaction opens."""
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kribbe_forget(%s, %s::regclass, %s, %s::jsonb)",
            [family, model._meta.db_table, list(keys), None if become is None else json.dumps(become)],
        )


def _record(principal: Principal, action: str, household: Household, now: datetime, **data: Any) -> None:
    record(
        principal=principal,
        action=action,
        subject=household,
        now=now,
        household_id=household.pk,
        desk_id=household.desk_id,
        **data,
    )
