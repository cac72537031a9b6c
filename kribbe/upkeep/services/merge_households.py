"""Two households made one when their child was registered twice, and whether that is wise."""

from collections.abc import Iterable
from datetime import datetime

from kribbe.contact.models import CalendarFeed, Thread
from kribbe.enrolment.models import Placement
from kribbe.people.models import Adult, Child, Consent, Household, HouseholdFact, RoleGrant
from kribbe.trust.principal import Scope
from kribbe.trust.text import fold
from kribbe.upkeep.models import ChildKey, Merge, Pair
from kribbe.upkeep.services.recorder import Recorder

OWN = (ChildKey, Pair, Merge)
"""Tables that speak of both children, and stay as they are."""


def move_household(recorder: Recorder, kept: Household, gone: Child, now: datetime) -> None:
    """Adults, accounts, facts and all else of the other household; only the accounts where other children stay.

    What the other household let others do or see ends, as it didn't speak for this one; its parents still read it.
    """
    household = gone.household
    others = household.children.exclude(pk=gone.pk)
    stays = (
        Placement.objects.filter(child__in=others).exists() or others.filter(requests__isnull=False).exists()
    )
    _join_adults(recorder, kept, household, copy=stays)
    _join_accounts(recorder, kept, household, copy=stays)
    if stays:
        return
    for child in others:
        recorder.change(child, household_id=kept.pk)
    _shut(recorder, kept, household, now)
    left = recorder.point(old=household, to=kept, but=(*OWN, Adult, Child, Consent, CalendarFeed))
    for thread in Thread.objects.filter(household=kept).exclude(desk=kept.desk_id):
        recorder.change(thread, desk_id=kept.desk_id)
    _widen_facts(recorder, kept, (row for row in left if isinstance(row, HouseholdFact)))


def are_strangers(one: Household, other: Household) -> bool:
    """Whether two households have no adult and no account in common."""
    mine, theirs = list(one.adults.all()), list(other.adults.all())
    return _accounts(one).isdisjoint(_accounts(other)) and not any(
        _is_same(adult, twin) for adult in mine for twin in theirs
    )


def live_apart(one: Household, other: Household) -> bool:
    """Whether they look like parents who live apart: two addresses, and an account of its own at each."""
    mine, theirs = _accounts(one), _accounts(other)
    return _home(one) != _home(other) and bool(mine - theirs) and bool(theirs - mine)


def may_be_joined(one: Household, other: Household) -> bool:
    """Whether a clerk is advised to make one household of two."""
    return not are_strangers(one, other) and not live_apart(one, other)


def _accounts(household: Household) -> set[int]:
    held = RoleGrant.objects.filter(scope=Scope.HOUSEHOLD, scope_id=household.pk)
    return set(held.values_list("user_id", flat=True))


def _home(household: Household) -> tuple[str, str]:
    return fold(household.street), fold(household.postcode)


def _shut(recorder: Recorder, kept: Household, household: Household, now: datetime) -> None:
    """Withdraw its consents and open invitations, and revoke its calendar address."""
    for consent in household.consents.order_by("pk"):
        if consent.withdrawn_at is None:
            recorder.change(consent, withdrawn_at=now, withdrawn_by=recorder.merge.merged_by)
        recorder.change(consent, household_id=kept.pk)
    for invitation in household.invitations.filter(ended_at=None):
        recorder.change(invitation, ended_at=now)
    for feed in CalendarFeed.objects.filter(household=household, revoked_at=None):
        recorder.change(feed, revoked_at=now)


def _join_adults(recorder: Recorder, kept: Household, gone: Household, *, copy: bool) -> None:
    known = list(kept.adults.all())
    for adult in gone.adults.order_by("pk"):
        twin = next((other for other in known if _is_same(adult, other)), None)
        elsewhere = {} if adult.other_street or _address(gone) == _address(kept) else _address(gone)
        if twin is not None:
            _fill(recorder, twin, adult)
            if not copy:
                recorder.change(adult, is_applicant=False)
        elif copy:
            values = {
                f.attname: getattr(adult, f.attname) for f in adult._meta.concrete_fields if not f.primary_key
            }
            recorder.make(Adult(**{**values, **elsewhere, "household_id": kept.pk, "is_applicant": False}))
        else:
            recorder.change(adult, household_id=kept.pk, is_applicant=False, **elsewhere)


def _address(household: Household) -> dict[str, str]:
    return {
        "other_street": household.street,
        "other_postcode": household.postcode,
        "other_city": household.city,
    }


def _is_same(one: Adult, other: Adult) -> bool:
    pairs = (
        (getattr(one, name), getattr(other, name)) for name in ("national_number_hash", "email", "name_key")
    )
    return any(mine and mine == theirs for mine, theirs in pairs)


def _fill(recorder: Recorder, adult: Adult, other: Adult) -> None:
    names = ("email", "phone", "national_number_hash", "work_municipality_id", "user_id")
    recorder.change(
        adult,
        **{name: getattr(other, name) for name in names if not getattr(adult, name) and getattr(other, name)},
    )


def _join_accounts(recorder: Recorder, kept: Household, gone: Household, *, copy: bool) -> None:
    held = RoleGrant.objects.filter(scope=Scope.HOUSEHOLD)
    known = set(held.filter(scope_id=kept.pk).values_list("user_id", "role"))
    for grant in held.filter(scope_id=gone.pk).order_by("pk"):
        is_known = (grant.user_id, grant.role) in known
        if copy and not is_known:
            recorder.make(
                RoleGrant(
                    user_id=grant.user_id,
                    role=grant.role,
                    scope=grant.scope,
                    scope_id=kept.pk,
                    granted_at=grant.granted_at,
                )
            )
        elif not copy and is_known:
            recorder.remove(grant)
        elif not copy:
            recorder.change(grant, scope_id=kept.pk)


def _widen_facts(recorder: Recorder, kept: Household, left: Iterable[HouseholdFact]) -> None:
    """A fact that both told holds on the days of both; the other row stays where it was."""
    for fact in left:
        for mine in kept.facts.filter(kind=fact.kind, during__overlap=fact.during):
            lowest = min(mine.during.lower, fact.during.lower)
            ends = [mine.during.upper, fact.during.upper]
            highest = None if None in ends else max(ends)
            others = kept.facts.filter(kind=fact.kind, during__overlap=(lowest, highest)).exclude(pk=mine.pk)
            if not others.exists():
                recorder.change(mine, during=type(mine.during)(lowest, highest))
