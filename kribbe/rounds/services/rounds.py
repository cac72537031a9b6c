"""A round from its plan to its offers: calculated and kept, confirmed by the locations, offered by the desk."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.allocation.instance import Instance
from kribbe.allocation.reading import as_instance
from kribbe.allocation.result import VERSION, Result
from kribbe.allocation.solve import solve
from kribbe.enrolment.models import RequestState
from kribbe.places.models import LicenceState, Location
from kribbe.region.models import Desk
from kribbe.rounds import kept
from kribbe.rounds.models import (
    Calculation,
    Proposal,
    ProposalState,
    Round,
    RoundState,
    TakesPart,
)
from kribbe.rounds.selectors.instance import Drawn, draw, place_name
from kribbe.rounds.selectors.rows import Window
from kribbe.rules.calendar import first_of_month
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM, Principal


def plan_round(*, principal: Principal, desk: Desk, first: date, months: int, now: datetime) -> Round:
    """Begin a round of the locations that take part; it is calculated within a minute.

    Raises RefusedError while another round of the desk runs, or where no location takes part.
    """
    with transaction.atomic():
        lock_rows((Desk, desk.pk))
        if Round.objects.filter(desk=desk, state__in=[RoundState.PLANNED, RoundState.PREVIEW]).exists():
            raise RefusedError(
                _("A round is running already. Finish it first, or call it off."), code="running"
            )
        part = Location.objects.filter(desk=desk, active=True, takes_part__isnull=False).exclude(
            licence_state__in=[LicenceState.SUSPENDED, LicenceState.ENDED]
        )
        if not part.exists():
            raise RefusedError(_("No location takes part in rounds yet."), code="nobody")
        made = Round.objects.create(
            desk=desk,
            first=first_of_month(max(first, localtime(now).date())),
            months=months,
            planned_at=now,
            planned_by=principal.user_id,
        )
        made.locations.set(part)
        _record(principal, "round.plan", made, now, first=f"{made.first}", months=months)
    return made


def take_part(*, principal: Principal, location: Location, takes_part: bool, now: datetime) -> None:
    """The location takes part in the next rounds of its desk, or keeps its own hand."""
    with transaction.atomic():
        lock_rows((Location, location.pk))
        if takes_part:
            TakesPart.objects.get_or_create(
                location=location, defaults={"since": now, "by": principal.user_id}
            )
        else:
            TakesPart.objects.filter(location=location).delete()
        record(
            principal=principal,
            action="round.take_part" if takes_part else "round.own_hand",
            subject=location,
            now=now,
            desk_id=location.desk_id,
        )


def calculate_planned(*, now: datetime) -> int:
    """Calculate every round that waits for it; gives how many."""
    return sum(calculate(round_id=key, now=now) for key in _keys(RoundState.PLANNED))


def catch_up_all(*, now: datetime) -> int:
    """Calculate anew what changed in the rounds that locations look at; gives in how many something did."""
    return sum(catch_up(round_id=key, now=now) is not None for key in _keys(RoundState.PREVIEW))


def calculate(*, round_id: int, now: datetime) -> bool:
    """Give the places of a planned round for the first time, and propose them to the locations."""
    with transaction.atomic():
        found = _locked(round_id)
        if found.state != RoundState.PLANNED:
            return False
        drawn = _drawn(found, now)
        instance, result, calculation = _keep(found, drawn.raw, 1, "first", now)
        calculation.changes = {"marks": kept.marks(drawn.raw)}
        calculation.save()
        made = _proposals(found, drawn, instance, result)
        Proposal.objects.bulk_create(made)
        found.state = RoundState.PREVIEW
        found.save(update_fields=["state"])
        _record(SYSTEM, "round.calculate", found, now, proposals=len(made))
    return True


def catch_up(*, round_id: int, now: datetime) -> Calculation | None:
    """Calculate anew the locations that a change touched, and those connected with them; None where nothing did.

    What locations confirmed stands, unless the family withdrew. The others' proposals may change; what did is kept
    with the calculation.
    """
    with transaction.atomic():
        found = _locked(round_id)
        if found.state != RoundState.PREVIEW:
            return None
        last = found.calculations.latest("number")
        drawn = _drawn(found, now)
        whole = kept.without_wishes(drawn.raw, _refused(found))
        marks = kept.marks(whole)
        touched = kept.changed(last.changes["marks"], marks)
        if not touched:
            return None
        rest = kept.with_fixed(whole, _fixed(found, whole, drawn))
        places = kept.connected(rest, touched)
        instance, result, calculation = _keep(found, kept.cut(rest, places), last.number + 1, "change", now)
        untouched = {child["id"] for child in rest["children"]} - {child.id for child in instance.children}
        moved = _replace(found, _proposals(found, drawn, instance, result), untouched)
        moved["left"] = sorted([*moved["left"], *_withdrawn(found)])
        calculation.changes = {
            "marks": marks,
            "children": len(whole["children"]),
            "places": sorted(places),
            **moved,
        }
        calculation.save()
        _record(SYSTEM, "round.calculate", found, now, touched=sorted(touched), **moved)
    return calculation


def call_off(*, principal: Principal, round_id: int, now: datetime) -> None:
    """Take a round back before offers go out: all its proposals fall away, nobody is told anything."""
    with transaction.atomic():
        found = _locked(round_id)
        if found.state not in {RoundState.PLANNED, RoundState.PREVIEW}:
            raise RefusedError(_("This round is closed already."), code="closed")
        found.proposals.filter(state__in=[ProposalState.PROPOSED, ProposalState.CONFIRMED]).update(
            state=ProposalState.DROPPED
        )
        found.state, found.closed_at = RoundState.CALLED_OFF, now
        found.save(update_fields=["state", "closed_at"])
        _record(principal, "round.call_off", found, now)


def _keys(state: RoundState) -> list[int]:
    return list(Round.objects.filter(state=state).order_by("pk").values_list("pk", flat=True))


def _locked(round_id: int) -> Round:
    lock_rows((Round, round_id))
    return Round.objects.select_related("desk").get(pk=round_id)


def _drawn(found: Round, now: datetime) -> Drawn:
    location_ids = frozenset(found.locations.values_list("pk", flat=True))
    return draw(Window(location_ids, found.first, found.months), now=now, desk_id=found.desk_id)


def _keep(
    found: Round, raw: kept.Raw, number: int, why: str, now: datetime
) -> tuple[Instance, Result, Calculation]:
    """Solve an instance and keep both, byte for byte."""
    written = kept.as_bytes(raw)
    instance = as_instance(raw)
    result = solve(instance)
    answer = result.as_bytes()
    calculation = Calculation(
        round=found,
        number=number,
        at=now,
        why=why,
        instance=written,
        instance_hash=kept.fingerprint(written),
        result=answer,
        result_hash=kept.fingerprint(answer),
        solver=VERSION,
        seed=raw["seed"],
    )
    return instance, result, calculation


def _proposals(found: Round, drawn: Drawn, instance: Instance, result: Result) -> list[Proposal]:
    """What a result gives to children who don't have it yet."""
    wishes = {child.id: child.wishes for child in instance.children}
    asked = {
        (child["id"], wish["location"], _stays_key(wish["stays"])): drawn.asked[child["id"], number]
        for child in drawn.raw["children"]
        for number, wish in enumerate(child["wishes"])
    }
    made = []
    for each in result.placed:
        if each.wish is None:
            continue
        stays = wishes[each.child][each.wish].stays
        key = tuple((stay.group, stay.start, stay.end, stay.pattern) for stay in stays)
        behind = asked[each.child, each.location, key]
        onward = behind.legs[1] if len(behind.legs) > 1 else None
        made.append(
            Proposal(
                round=found,
                request_id=behind.line.request_id,
                preference_id=behind.line.preference_id,
                group_id=behind.legs[0].group,
                start=behind.start,
                end=behind.end,
                pattern=behind.pattern.mask,
                onward_id=onward.group if onward else None,
                onward_from=onward.start if onward else None,
                on=each.on.value,
            )
        )
    return made


def _stays_key(stays: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, int, int, int], ...]:
    return tuple((stay["group"], stay["from"], stay["to"], stay["pattern"]) for stay in stays)


def _refused(found: Round) -> set[tuple[str, str]]:
    """What locations refused: child and place."""
    rows = found.proposals.filter(state=ProposalState.REFUSED).values_list(
        "request__child", "group__location", "group__price_kind"
    )
    return {(f"{child}", place_name(location, price)) for child, location, price in rows}


def _fixed(found: Round, whole: kept.Raw, drawn: Drawn) -> list[kept.Fixed]:
    """What locations confirmed, as wishes of the instance."""
    confirmed = {
        (row.request.child_id, row.group_id, row.pattern)
        for row in found.proposals.filter(state=ProposalState.CONFIRMED).select_related("request")
    }
    fixed: dict[str, kept.Fixed] = {}
    for child in whole["children"]:
        for number, wish in enumerate(child["wishes"]):
            stay = wish["stays"][0]
            if (int(child["id"]), int(stay["group"]), stay["pattern"]) in confirmed:
                fixed.setdefault(child["id"], kept.Fixed(child["id"], number))
    return list(fixed.values())


def _replace(found: Round, made: list[Proposal], untouched: set[str]) -> dict[str, list[int]]:
    """Put the new proposals in place of those of the same children; gives which requests came, left and moved."""
    before = found.proposals.filter(state=ProposalState.PROPOSED).select_related("request")
    gone = {row.request_id: row for row in before if f"{row.request.child_id}" not in untouched}
    after = {row.request_id: row for row in made}
    same = {key for key in gone if key in after and _is_same(gone[key], after[key])}
    Proposal.objects.filter(pk__in=[row.pk for key, row in gone.items() if key not in same]).update(
        state=ProposalState.DROPPED
    )
    Proposal.objects.bulk_create([row for key, row in after.items() if key not in same])
    return {
        "came": sorted(key for key in after if key not in gone),
        "left": sorted(key for key in gone if key not in after),
        "moved": sorted(key for key in gone if key in after and key not in same),
    }


def _withdrawn(found: Round) -> list[int]:
    """Let go what was confirmed to families whose request ended meanwhile; gives their requests."""
    ended = found.proposals.filter(state=ProposalState.CONFIRMED, request__state=RequestState.ENDED)
    keys = list(ended.values_list("request", flat=True))
    ended.update(state=ProposalState.DROPPED)
    return keys


def _is_same(before: Proposal, after: Proposal) -> bool:
    return all(
        getattr(before, name) == getattr(after, name)
        for name in ("preference_id", "group_id", "start", "end", "pattern")
    )


def _record(principal: Principal, action: str, found: Round, now: datetime, **data: Any) -> None:
    record(principal=principal, action=action, subject=found, now=now, desk_id=found.desk_id, **data)
