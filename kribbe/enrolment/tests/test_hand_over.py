"""A household goes to another desk with its consent: inside at once and undone as easily, outside with a document."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice, Thread
from kribbe.enrolment.models import HandOver
from kribbe.enrolment.selectors.hand_over import not_looked_at
from kribbe.enrolment.services import hand_over
from kribbe.enrolment.services.hand_over import forget_documents, undo_hand_over
from kribbe.enrolment.tasks import hand_overs_forgotten
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.access import note_look
from kribbe.people.models import Adult, FactKind, RoleGrant
from kribbe.people.services import change_language
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db


def clerk_of(desk):
    return client_of(
        cast.make_user(
            f"an@{desk.slug}.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=timezone.now()
        )
    )


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def other(desk):
    return cast.make_desk("elders", nis="99002")


@pytest.fixture
def asked(desk):
    household = cast.make_household(desk, "Maes", now=timezone.now(), email="an@ouders.example")
    cast.make_fact(household, FactKind.LOW_INCOME, since=date(2026, 1, 1), now=timezone.now())
    return cast.make_request(
        cast.make_child(household, "Lotte", born=date(2026, 1, 5)),
        [cast.make_location(desk, "De Notelaar")],
        start=timezone.localdate() + timedelta(days=60),
        pattern=WeekPattern.from_text("mon tue"),
        now=timezone.now() - timedelta(days=100),
    )


def hand(asked, to, **given):
    return hand_over.hand_over(
        household_id=asked.household_id,
        from_desk_id=asked.household.desk_id,
        to_desk=to,
        consent_by="An Maes",
        consented_on=timezone.localdate(),
        principal=SYSTEM,
        now=timezone.now(),
        **given,
    )


def test_the_family_hears_which_desk_it_has_now_and_when_that_is_undone(desk, other, asked):
    made = hand(asked, other)
    told = Notice.objects.get(kind="enrolment/handed_over")
    assert (told.desk, told.mails.get().address) == (other, "an@ouders.example")
    assert f"Je loket is nu {other.shown_name}" in told.subject
    undo_hand_over(made=made, principal=SYSTEM, now=timezone.now())
    back = Notice.objects.filter(kind="enrolment/handed_over").latest("pk")
    assert (back.desk, f"Je loket is nu {desk.shown_name}" in back.subject) == (desk, True)


def test_a_desk_outside_tells_the_family_nothing(asked):
    hand(asked, None, to_name="Loket Elders")
    assert not Notice.objects.filter(kind="enrolment/handed_over").exists()


def test_the_receiving_desk_finds_the_family_on_its_list_until_it_looked(desk, other, asked):
    made = hand(asked, other)
    there = clerk_of(other)
    assert list(not_looked_at(other.pk)) == [made]
    assert not not_looked_at(desk.pk).exists()
    page = there.get(reverse("enrolment:hand_overs", args=[other.slug]))
    assert [row["is_new"] for row in page.context["rows"]] == [True]
    note_look(principal=SYSTEM, household=HandOver.objects.get().household, now=timezone.now())
    assert list(not_looked_at(other.pk)) == [made]
    assert story(there, other, asked) == 200
    assert not not_looked_at(other.pk).exists()
    undo_hand_over(made=made, principal=SYSTEM, now=timezone.now())


def test_a_hand_over_that_was_undone_waits_for_nobody(other, asked):
    made = hand(asked, other)
    undo_hand_over(made=made, principal=SYSTEM, now=timezone.now())
    assert not not_looked_at(other.pk).exists()


def send(clerk, asked, **given):
    address = reverse("enrolment:new_hand_over", args=["lindedaal", asked.household.reference])
    form = {"to_desk": "", "to_name": "", "consent_by": "An Maes", "consented_on": f"{timezone.localdate()}"}
    return clerk.post(address, {**form, **given})


def story(client, desk, asked):
    return client.get(reverse("enrolment:household", args=[desk.slug, asked.household.reference])).status_code


def test_a_desk_inside_takes_over_with_the_dates_and_it_can_be_undone(desk, other, asked):
    here, there, before = clerk_of(desk), clerk_of(other), asked.registered_at
    assert send(here, asked, to_desk=other.pk).status_code == 302
    asked.refresh_from_db()
    assert (asked.desk, asked.household.desk, asked.registered_at) == (other, other, before)
    assert (story(here, desk, asked), story(there, other, asked)) == (404, 200)
    for client, at in ((here, desk), (there, other)):
        assert "An Maes" in client.get(reverse("enrolment:hand_overs", args=[at.slug])).text
    trail = AuditEntry.objects.filter(action="household.handed_over")
    assert set(trail.values_list("desk_id", flat=True)) == {desk.pk, other.pk}
    assert trail.filter(household_id=asked.household_id).count() == 1
    made = HandOver.objects.get()
    undo = reverse("enrolment:hand_over_undo", args=[other.slug, made.pk])
    there.post(undo)
    asked.refresh_from_db()
    assert (asked.desk, type(made.household).objects.get().desk) == (desk, desk)
    assert "undone already" in there.post(undo, follow=True).text


def test_a_family_that_moved_on_isnt_pulled_back(desk, other, asked):
    third = cast.make_desk("verder", nis="99003")
    send(clerk_of(desk), asked, to_desk=other.pk)
    first = HandOver.objects.get()
    there = clerk_of(other)
    address = reverse("enrolment:new_hand_over", args=[other.slug, asked.household.reference])
    form = {"to_desk": third.pk, "consent_by": "An Maes", "consented_on": f"{timezone.localdate()}"}
    there.post(address, form)
    shown = there.post(reverse("enrolment:hand_over_undo", args=[other.slug, first.pk]), follow=True)
    assert "with another desk by now" in shown.text
    asked.refresh_from_db()
    assert asked.desk == third


def test_a_desk_outside_gets_a_document_without_what_gives_priority(desk, asked):
    here = clerk_of(desk)
    send(here, asked, to_name="Loket Verweg")
    asked.refresh_from_db()
    assert asked.desk == desk, "nothing changes here"
    made = HandOver.objects.get()

    def file(kind):
        return here.get(reverse("enrolment:hand_over_file", args=[desk.slug, made.pk, kind]))

    told = json.loads(file("json").content)
    assert (told["to_desk"], told["consent_by"]) == ("Loket Verweg", "An Maes")
    (request,) = told["requests"]
    assert request["half_days"] == [0, 1, 2, 3]
    assert request["registered_on"] == f"{timezone.localdate(asked.registered_at)}"
    assert request["locations"] == ["De Notelaar"]
    assert "income" not in file("json").text
    assert file("csv").text.count("\n") == 2
    assert file("pdf").content.startswith(b"%PDF")
    assert file("exe").status_code == 404
    assert AuditEntry.objects.filter(action="household.hand_over_file").count() == 4
    here.post(reverse("enrolment:hand_over_undo", args=[desk.slug, made.pk]))
    assert file("json").status_code == 404


def test_the_table_has_both_parents_and_a_row_without_a_request(desk, asked):
    Adult.objects.create(
        household=asked.household, first_name="Bo", last_name="Claes", name_key="claesbo",
        email="bo@ouders.example", phone="0470 00 00 01",
    )  # fmt: skip
    alone = cast.make_household(desk, "Alleen", now=timezone.now())
    here = clerk_of(desk)

    def table(household):
        address = reverse("enrolment:new_hand_over", args=[desk.slug, household.reference])
        day = f"{timezone.localdate()}"
        here.post(address, {"to_desk": "", "to_name": "Ver", "consent_by": "An Maes", "consented_on": day})
        made = HandOver.objects.get(household=household)
        answer = here.get(reverse("enrolment:hand_over_file", args=[desk.slug, made.pk, "csv"]))
        text = answer.content.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text), delimiter=";"))

    (row,) = table(asked.household)
    assert (row["parent"], row["parent_2"]) == ("An Maes", "Bo Claes")
    assert (row["email_2"], row["phone_2"]) == ("bo@ouders.example", "0470 00 00 01")
    (row,) = table(alone)
    assert (row["reference"], row["child"], row["parent"], row["parent_2"]) == ("", "", "An Alleen", "")
    assert row["city"] == alone.city


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"to_name": "Ver", "consent_by": ""},
        {"to_name": "Ver", "consented_on": "2999-01-01"},
        {"to_name": "Ver", "to_desk": "both"},
    ],
)
def test_not_without_a_desk_and_a_consent(desk, other, asked, given):
    given = {**given, "to_desk": other.pk} if "to_desk" in given else given
    assert send(clerk_of(desk), asked, **given).status_code == 422
    assert not HandOver.objects.exists()


def test_the_fee_is_estimated_and_nothing_of_it_is_kept(desk):
    clerk = clerk_of(desk)
    address = reverse("enrolment:fee", args=[desk.slug])
    assert "tax bill" in clerk.get(address).text
    before = AuditEntry.objects.count()
    shown = clerk.post(address, {"income": "60000", "per": "year"}).text
    assert "22,80" in shown or "22.80" in shown
    assert "Only the certificate counts" in shown
    month = clerk.post(address, {"income": "2000", "per": "month"}).text
    assert "2.04 a day" in shown and "as a guarantee" not in shown, "the law's ceiling is lower than 60,000"
    assert "as a guarantee" in clerk.post(address, {"income": "27000", "per": "year"}).text
    assert "8.89" in month or "8,89" in month, "2000 x 11.54 = 23080, x 0.000385 = 8.89"
    assert clerk.post(address, {"income": "-5", "per": "year"}).status_code == 422
    for sheet in (
        clerk.post(address, {"income": "60000", "per": "year", "sheet": "1"}),
        clerk.get(address, {"sheet": "1"}),
    ):
        assert sheet.content.startswith(b"%PDF")
    assert AuditEntry.objects.count() == before


def test_everybody_can_estimate_what_a_month_costs(desk, client):
    address = reverse("enrolment:cost", args=[desk.slug])
    asked = {"income": "60000", "per": "year", "full": "3", "half": "2"}
    shown = client.post(address, asked).content.decode()
    assert "22.80" in shown or "22,80" in shown, "60000 x 0.000380"
    # 3 x 22.80 + 2 x 13.68 = 95.76 a week, x 52 / 12 = 414.96
    assert "415" in shown
    assert "een schatting" in shown
    assert "Twee grenzen van de schaal van 2025 zijn berekend" in shown
    for wrong in ({"full": "0", "half": "0"}, {"full": "7", "half": "1"}, {"income": ""}, {"full": "x"}):
        assert client.post(address, asked | wrong).status_code == 422
    assert 'value="60000"' not in client.get(address, asked).content.decode()


def test_an_income_in_the_address_is_not_read(desk):
    clerk, address = clerk_of(desk), reverse("enrolment:fee", args=[desk.slug])
    page = clerk.get(address, {"income": "60000", "per": "year"}).text
    assert "60000" not in page
    assert "Only the certificate counts" not in page
    assert (
        'method="get"'
        not in clerk.post(address, {"income": "60000", "per": "year"}).text.split("<main", 1)[1]
    )


def test_the_day_of_registering_is_the_day_in_belgium(desk, asked):
    just_past_midnight = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    type(asked).objects.filter(pk=asked.pk).update(registered_at=just_past_midnight)
    here = clerk_of(desk)
    send(here, asked, to_name="Loket Verweg")
    made = HandOver.objects.get()
    told = json.loads(
        here.get(reverse("enrolment:hand_over_file", args=[desk.slug, made.pk, "json"])).content
    )
    assert told["requests"][0]["registered_on"] == "2026-07-01"


def document(client, desk):
    made = HandOver.objects.get()
    return client.get(reverse("enrolment:hand_over_file", args=[desk.slug, made.pk, "json"])).json()


def test_the_document_stays_as_the_family_agreed_to_it(desk, other, asked):
    here = clerk_of(desk)
    send(here, asked, to_desk=other.pk)
    before = document(here, desk)
    type(asked.household).objects.filter(pk=asked.household_id).update(street="Nieuwstraat 9")
    asked.household.adults.update(email="nieuw@ouders.example")
    cast.make_request(
        cast.make_child(asked.household, "Later", born=date(2026, 6, 1)),
        [cast.make_location(other, "Daar")],
        start=timezone.localdate() + timedelta(days=90),
        pattern=WeekPattern.from_text("mon"),
        now=timezone.now(),
    )
    assert document(here, desk) == before
    assert "Nieuwstraat" not in f"{before}"


def test_the_document_is_deleted_in_time_and_the_trail_stays(desk, asked, settings):
    settings.HAND_OVER_DAYS = 30
    here = clerk_of(desk)
    send(here, asked, to_name="Loket Verweg")
    made = HandOver.objects.get()
    listed = reverse("enrolment:hand_overs", args=[desk.slug])
    assert "kept for 30 days" in here.get(listed).text
    assert hand_overs_forgotten(made.made_at + timedelta(days=30)) == 0
    assert "Lotte" in f"{made.document}"
    late = made.made_at + timedelta(days=30, seconds=1)
    assert hand_overs_forgotten(late) == 1
    assert hand_overs_forgotten(late) == 0
    made.refresh_from_db()
    assert (made.document, made.forgotten_at, made.consent_by) == ({}, late, "An Maes")
    assert not any(kept.document for kept in made.events.all()), "nor in the history of the row"
    for kind in ("pdf", "json", "csv"):
        address = reverse("enrolment:hand_over_file", args=[desk.slug, made.pk, kind])
        assert here.get(address).status_code == 404
    page = here.get(listed).text
    assert "Loket Verweg" in page
    assert "deleted on" in page
    trail = AuditEntry.objects.filter(household_id=asked.household_id).values_list("action", flat=True)
    assert {"household.handed_over", "household.hand_over_forgotten"} <= set(trail)


def test_documents_of_one_night_are_forgotten_one_by_one(desk, asked):
    here = clerk_of(desk)
    for name in ("Ver", "Verder"):
        send(here, asked, to_name=name)
    later = timezone.now() + timedelta(days=91)
    assert forget_documents(older_than=timedelta(days=90), now=later) == 2


def test_all_open_requests_and_conversations_with_the_desk_go_there_and_back(desk, other, asked):
    now = timezone.now()
    location = asked.preferences.get().location
    given = {
        "household": asked.household,
        "desk": desk,
        "subject": "Vraag",
        "started_at": now,
        "last_at": now,
    }
    with_desk = Thread.objects.create(with_desk=True, **given)
    without = Thread.objects.create(location=location, **given)
    send(clerk_of(desk), asked, to_desk=other.pk)
    later = cast.make_request(
        cast.make_child(asked.household, "Later", born=date(2026, 6, 1)),
        [location],
        start=timezone.localdate() + timedelta(days=90),
        pattern=WeekPattern.from_text("mon"),
        now=now,
    )
    type(later).objects.filter(pk=later.pk).update(desk=other)
    for row, at in ((asked, other), (with_desk, other), (without, desk)):
        row.refresh_from_db()
        assert row.desk == at
    undo_hand_over(made=HandOver.objects.get(), principal=SYSTEM, now=now + timedelta(days=13))
    for row in (asked, later, with_desk, without):
        row.refresh_from_db()
        assert row.desk == desk


def test_it_isnt_undone_after_two_weeks_nor_once_the_new_desk_worked_on_it(desk, other, asked):
    send(clerk_of(desk), asked, to_desk=other.pk)
    made = HandOver.objects.get()
    with pytest.raises(RefusedError) as refused:
        undo_hand_over(made=made, principal=SYSTEM, now=made.made_at + timedelta(days=15))
    assert refused.value.code == "late"
    there = clerk_of(other)
    assert story(there, other, asked) == 200
    asked.household.refresh_from_db()
    hour = made.made_at + timedelta(hours=1)
    change_language(household=asked.household, language="fr", principal=SYSTEM, now=hour)
    assert not hand_over._was_worked_on(made), "what the desk didn't do itself doesn't count"
    staff = RoleGrant.objects.get(scope=Scope.DESK, scope_id=other.pk)
    clerk = cast.acting(Role.CLERK, Scope.DESK, other.pk, user_id=staff.user_id)
    change_language(household=asked.household, language="de", principal=clerk, now=hour)
    with pytest.raises(RefusedError) as refused:
        undo_hand_over(made=made, principal=SYSTEM, now=made.made_at + timedelta(days=1))
    assert refused.value.code == "changed"


def test_everything_is_locked_at_once(desk, other, asked, monkeypatch):
    calls = []
    monkeypatch.setattr(hand_over, "lock_rows", lambda *rows: calls.append({model for model, _key in rows}))
    send(clerk_of(desk), asked, to_desk=other.pk)
    assert calls == [{type(asked.household), type(asked)}]


@pytest.mark.parametrize("odd", ["²", "٣", "9" * 30])
def test_an_odd_key_in_an_address_is_no_row(desk, odd):
    clerk = clerk_of(desk)
    assert clerk.get(reverse("contact:questions", args=[desk.slug]), {"last": odd}).status_code == 200
