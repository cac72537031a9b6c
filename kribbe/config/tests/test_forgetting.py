"""A family of whom every room knows something is forgotten: no name is left anywhere, and every figure stays."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone
from psycopg import sql

from kribbe.attendance.models import ChildPhoto
from kribbe.config.tests.test_own_file import NOT_TOLD
from kribbe.enrolment.models import CareRequest, Placement, PlacementState, RequestState
from kribbe.people.keeping import Kept, Reason
from kribbe.people.models import Household
from kribbe.planning.models import Paper
from kribbe.policy.selectors.past import counted
from kribbe.policy.selectors.report import content
from kribbe.policy.territory import Territory
from kribbe.trust.export import parts
from kribbe.trust.forgetting import rules
from kribbe.trust.models import StoredFile
from kribbe.upkeep.services import forgetting

pytestmark = pytest.mark.django_db

NAMES = ("Maes", "Xanthe", "Ysaura", "Zeger", "Quirijn", "anna@", "maes")
LATER = timedelta(days=366 * 20)
TEXTS = (
    models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FloatField, ArrayField,
)  # fmt: skip
CODES = {
    "reference", "kind", "language", "state", "replaced_state", "ogm", "way", "cause", "on", "about", "province",
}  # fmt: skip
"""Columns that name nobody: numbers and words of the program's own."""

STAY = {
    "enrolment.chance.low": "a figure",
    "enrolment.chance.high": "a figure",
    "enrolment.chance.value": "a figure",
    "enrolment.directmatch.signs": "words of the program's own",
    "enrolment.directquestion.signs": "words of the program's own",
    "enrolment.placement.in_turn": "half-days",
    "enrolment.vacancytold.vacancies": "keys",
    "people.consent.what": "words of the program's own",
    "planning.agreedweeks.masks": "half-days",
    "upkeep.pair.signs": "words of the program's own",
    "enrolment.carerequest.hours": "the hours of the week that is counted",
    "enrolment.handover.to_name": "the name of the other desk",
    "planning.agreedweeks.weeks": "the hours of the week",
    "planning.ending.leavings": "days and keys",
    "planning.paper.weeks": "the hours of the week",
    "planning.paper.schedule": "days and hours",
    "planning.paper.location_name": "the location, not the family",
    "attendance.confirmation.lines": "days and times",
    "attendance.correction.starts": "times",
    "attendance.correction.ends": "times",
    "attendance.tap.marks": "words of the program's own",
    "attendance.typedtap.marks": "words of the program's own",
    "attendance.correction.made_name": "somebody of the staff",
    "billing.invoice.parties": "",
    "billing.invoice.supplements": "days and amounts",
    "billing.invoiceline.what": "what was charged",
    "billing.invoiceline.why": "how the price was made",
    "billing.payer.country": "a code",
    "billing.sharechange.before": "keys and percentages",
    "billing.onlinepayment.provider": "the program that took the payment",
    "banking.mandate.signed_by": "a key",
    "sickcare.proposal.km": "a distance",
    "taxes.taxcertificate.lines": "periods and amounts",
    "trust.auditentry.action": "a word of the program's own",
    "trust.auditentry.subject": "the name of a table",
    "people.user": "goes with the household, unless it opens another door",
    "trust.storedfile": "goes by its own deed",
}
"""Columns that hold text and aren't blanked, with the reason."""


@pytest.fixture
def over(world, monkeypatch):
    """The household of whom every room knows something, after all of it came to an end."""
    _users, _things = world
    household = Household.objects.get(reference=_things["household"])
    now = timezone.now() + LATER
    CareRequest.objects.filter(household=household, state=RequestState.OPEN).update(
        state=RequestState.ENDED, end="unanswered", ended_at=timezone.now()
    )
    places = Placement.objects.filter(child__household=household)
    places.filter(state=PlacementState.TO_SIGN).update(state=PlacementState.LAPSED)
    for place in places.filter(during__endswith=None):
        place.during = (place.during.lower, place.during.lower + timedelta(days=300))
        place.save(update_fields=["during"])
    child = household.children.order_by("pk").first()
    photo = StoredFile.objects.create(
        key="f" * 32,
        space=f"household:{household.pk}",
        name="maes.jpg",
        media_type="image/jpeg",
        size=1,
        created_at=now,
    )
    ChildPhoto.objects.create(child=child, file=photo, agreed_name="Anna Maes", agreed_at=now)
    nothing = Kept([Reason("", now.date())], now.date())
    monkeypatch.setattr(forgetting, "kept", lambda desk_of, _today: dict.fromkeys(desk_of, nothing))
    return household, now


def forget(household, now):
    group, same = next(iter(forgetting.together([household.pk])))
    assert group == {household.pk}
    return forgetting._forget_group(group, same, now)


def tables():
    return [model for model in apps.get_models() if model.__module__.startswith("kribbe.")]


def told(model):
    """Every row of a table as text."""
    query = sql.SQL("SELECT row_to_json(t)::text FROM {} AS t").format(sql.Identifier(model._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(query)
        return "\n".join(row for (row,) in cursor.fetchall())


def test_no_name_is_left_in_any_table_nor_in_its_history(over):
    household, now = over
    named = {model._meta.label for model in tables() if any(name in told(model) for name in NAMES)}
    assert {
        "people.Child",
        "people.ChildEvent",
        "contact.Mail",
        "billing.Payer",
        "attendance.ChildPhoto",
    } <= named
    assert forget(household, now) == 1
    left = {f"{model._meta.label}: {name}" for model in tables() for name in NAMES if name in told(model)}
    assert not left, "nor with money that nobody matched and that came under her name"


def test_what_a_paper_said_of_money_is_gone_with_its_versions(over):
    """The fee of a certificate tells an income."""
    household, now = over
    papers = [
        model.objects.filter(agreement__placement__child__household=household).exclude(money={})
        for model in (Paper, apps.get_model("planning.PaperEvent"))
    ]
    Paper.objects.update(money={"certificate": {"day_fee": "9.87", "until": None}})
    assert all(each.exists() for each in papers)
    assert forget(household, now) == 1
    assert not any(each.exists() for each in papers)


def test_every_column_of_a_family_is_blanked_goes_or_stays_for_a_reason():
    gone = {rule.label.lower() for rule in rules() if rule.become is None}
    blanked = {
        f"{rule.label.lower()}.{name}" for rule in rules() if rule.become is not None for name in rule.become
    }
    found = set()
    for part in parts().values():
        model = apps.get_model(part.label)
        for field in model._meta.concrete_fields:
            name = f"{part.label.lower()}.{field.name}"
            if isinstance(field, TEXTS) and not field.choices and field.name not in CODES:
                found.add(name)
    known = blanked | set(STAY)
    left = {name for name in found - known if name.rsplit(".", 1)[0] not in gone | set(STAY)}
    assert not left, f"say in forgetting.py of the room what becomes of: {', '.join(sorted(left))}"
    for rule in rules():
        model = apps.get_model(rule.label)
        list(model._default_manager.filter(rule.find(0)))
        assert set(rule.become or ()) <= {field.name for field in model._meta.concrete_fields}
    assert set(NOT_TOLD) & gone


def figures(household, now):
    desk = household.desk
    found = []
    for territory in (Territory.of_desk(desk), Territory.of_region(desk.region)):
        for year in (timezone.now().year - 1, timezone.now().year, timezone.now().year + 1):
            said = content(territory, year=year, now=now)
            found.append({name: value for name, value in said.items() if name != "counted_at"})
        found.append(list(counted(territory, at=timezone.now())))
    return found


def test_every_figure_is_the_same_after_it(over):
    household, now = over
    before = figures(household, now)
    assert any(said.get("all", {}).get("unanswered") for said in before if isinstance(said, dict))
    forget(household, now)
    assert figures(household, now) == before
