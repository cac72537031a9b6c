"""Writing rows of a list: families, places and signed agreements, in as many statements at any number of rows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import localtime

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.people.models import Child, Household
from kribbe.people.services import ChildData, FamilyData, add_child, register_families
from kribbe.places.ledger_many import Taking, take_many
from kribbe.planning.importing.rows import Row
from kribbe.planning.models import AgreedWeeks, AgreementImport, CareAgreement, ImportedPlace, Paper
from kribbe.planning.selectors.house_rules import USUAL_NOTICE, house_rules_on
from kribbe.planning.written import to_json
from kribbe.rules.agreed import pattern_of
from kribbe.rules.calendar import monday_of
from kribbe.trust.audit import record_each
from kribbe.trust.principal import Principal

LANGUAGE = "nl"

Key = tuple[str, date | None]


def write(
    rows: Sequence[Row],
    known: Mapping[Key, Child],
    run: AgreementImport,
    principal: Principal,
    now: datetime,
) -> None:
    """Write these rows, judged before under the lock. `known` are the children that the location has already."""
    children = {**known, **_new_children(rows, known, run, principal, now)}
    placements = Placement.objects.bulk_create(_placement(row, children[row.child_key], now) for row in rows)
    pairs = list(zip(rows, placements, strict=True))
    take_many(
        takings=[
            Taking(row.group_id, place.during.lower, row.until, row.pattern, f"placement:{place.pk}")
            for row, place in pairs
        ],
        now=now,
    )
    _agree(pairs, run, principal, now)
    _remember(pairs, set(known), run)
    record_each(
        principal=principal,
        action="agreement.take_over",
        subjects=((place, place.child.household_id, {"line": row.line}) for row, place in pairs),
        now=now,
        desk_id=run.location.desk_id,
    )


def _new_children(
    rows: Sequence[Row], known: Mapping[Key, Child], run: AgreementImport, principal: Principal, now: datetime
) -> dict[Key, Child]:
    """The children that nobody knew: brothers and sisters of one list come into one household."""
    first = {row.child_key: row for row in reversed(rows) if row.child_key not in known}
    families: dict[str, list[Row]] = {}
    for row in sorted(first.values(), key=lambda row: row.line):
        families.setdefault(_family(row), []).append(row)
    homes = _earlier_homes(families, run)
    new = [members for family, members in families.items() if family not in homes]
    made = register_families(
        desk=run.location.desk,
        families=[FamilyData(adults=members[0].adults, children=_siblings(members)) for members in new],
        language=LANGUAGE,
        principal=principal,
        today=localtime(now).date(),
        now=now,
    )
    found = {
        row.child_key: child
        for members, children in zip(new, made, strict=True)
        for row, child in zip(members, children, strict=True)
    }
    for family, home in homes.items():
        for row in families[family]:
            found[row.child_key] = _join(row, home, principal, now)
    return found


def _family(row: Row) -> str:
    """By what brothers and sisters of one list are known to be of one family; a row of its own without an address."""
    return row.adults[0].email or f"line {row.line}"


def _earlier_homes(families: Mapping[str, Sequence[Row]], run: AgreementImport) -> dict[str, Household]:
    """The households that an earlier part of the list made for these families."""
    made = Household.objects.filter(
        children__placements__imported__run=run,
        children__placements__imported__new_household=True,
        adults__is_applicant=True,
        adults__email__in=families,
    )
    return {home.adults.get(is_applicant=True).email: home for home in made.distinct()}


def _siblings(members: Sequence[Row]) -> list[ChildData]:
    """The children of one family; of those born on one day each next one ranks after the last."""
    born = [row.born for row in members]
    return [_data(row, born[:place].count(row.born)) for place, row in enumerate(members)]


def _join(row: Row, home: Household, principal: Principal, now: datetime) -> Child:
    return add_child(
        household=home,
        child=_data(row, home.children.filter(born=row.born).count()),
        principal=principal,
        today=localtime(now).date(),
        now=now,
    )


def _data(row: Row, twins: int) -> ChildData:
    return ChildData(first_name=row.first_name, last_name=row.last_name, born=row.born, birth_rank=twins + 1)


def _placement(row: Row, child: Child, now: datetime) -> Placement:
    return Placement(
        child=child,
        group_id=row.group_id,
        during=DateRange(row.start, row.until),
        pattern=row.pattern.mask,
        state=PlacementState.FINAL,
        reserved_at=now,
        final_at=now,
    )


def _agree(
    pairs: Sequence[tuple[Row, Placement]], run: AgreementImport, principal: Principal, now: datetime
) -> None:
    agreements = CareAgreement.objects.bulk_create(
        CareAgreement(placement=place, day_fee=row.fee, made_at=now, made_by=principal.user_id)
        for row, place in pairs
    )
    notice = {start: house_rules_on(run.location_id, start) for start in {p.during.lower for _, p in pairs}}
    papers = Paper.objects.bulk_create(
        Paper(
            agreement=agreement,
            number=0,
            first=place.during.lower,
            weeks=to_json(row.weeks),
            pattern=row.pattern.mask,
            notice_days=rules.notice_days if (rules := notice[place.during.lower]) else USUAL_NOTICE,
            house_rules=rules,
            day_fee=row.fee,
            made_at=now,
            made_by=principal.user_id,
            location_name=run.signed_as,
            signed_at=now,
            signed_name=f"{row.adults[0].first_name} {row.adults[0].last_name}".strip(),
            taken_over=run,
        )
        for agreement, (row, place) in zip(agreements, pairs, strict=True)
    )
    noon = run.location.morning_ends_at
    AgreedWeeks.objects.bulk_create(
        AgreedWeeks(
            agreement=paper.agreement,
            placement=place,
            paper=paper,
            during=DateRange(None, None),
            weeks=to_json(row.weeks),
            masks=[pattern_of(week, noon).mask for week in row.weeks],
            turns_from=monday_of(place.during.lower),
        )
        for paper, (row, place) in zip(papers, pairs, strict=True)
    )


def _remember(pairs: Sequence[tuple[Row, Placement]], known: set[Key], run: AgreementImport) -> None:
    """What each row became; the family came with the first row of its first child."""
    homes = set(run.places.filter(new_household=True).values_list("placement__child__household", flat=True))
    children: set[int] = set()
    made = []
    for row, place in pairs:
        new_child = row.child_key not in known and place.child_id not in children
        new_home = new_child and place.child.household_id not in homes
        children.add(place.child_id)
        homes |= {place.child.household_id} if new_child else set()
        made.append(
            ImportedPlace(
                run=run, line=row.line, placement=place, new_household=new_home, new_child=new_child
            )
        )
    ImportedPlace.objects.bulk_create(made)
