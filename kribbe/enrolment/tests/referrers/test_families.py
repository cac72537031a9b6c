"""A referrer acts for a family that agreed, for as long as it agrees, and sees nothing else."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.models import CareRequest, RequestDraft
from kribbe.enrolment.services.consents import remind_of_consents
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.enrolment.tests.referrers.scene import agree
from kribbe.people.models import Consent, Consented, Household, ReferrerOrganisation, RoleGrant
from kribbe.people.selectors import principal_of
from kribbe.people.services import withdraw_consent
from kribbe.region.models import Desk
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
ON_PAPER = {
    "first_name": "Noor", "last_name": "Nys", "phone": "", "email": "", "street": "Kerkstraat 3",
    "postcode": "3999", "city": "Lindedaal", "signed": "on",
}  # fmt: skip


def parent_of(household):
    return client_of(
        cast.make_user(
            f"{household.reference}@ouders.example".lower(),
            role=Role.PARENT,
            scope=Scope.HOUSEHOLD,
            scope_id=household.pk,
            now=timezone.now(),
        )
    )


def test_without_a_consent_nothing_is_seen(household, referrer):
    assert "Maes" not in referrer.get(reverse("enrolment:families")).text
    for name in ("enrolment:family", "people:household_data", "people:consents"):
        assert referrer.get(reverse(name, args=[household.reference])).status_code == 404
    assert referrer.get(reverse("enrolment:office", args=[household.desk.slug])).status_code == 404
    assert referrer.get(reverse("people:my_data")).status_code == 404


def test_a_consent_opens_what_it_says_and_no_more(household, organisation, user):
    agree(household, organisation, what=[Consented.REGISTER])

    def allowed():
        principal = principal_of(user, verified=True, today=timezone.localdate())
        return {action for action in Action if household.pk in scope_ids(principal, action, Scope.HOUSEHOLD)}

    assert allowed() == {Action.HOUSEHOLD_READ, Action.REQUEST_MAKE}
    agree(household, organisation, what=[Consented.ANSWER, Consented.CHANGE])
    assert allowed() == {Action.HOUSEHOLD_READ, Action.HOUSEHOLD_CHANGE, Action.REQUEST_ANSWER_OFFER}
    assert Consent.objects.filter(withdrawn_at=None).count() == 1
    unverified = principal_of(user, verified=False, today=timezone.localdate())
    assert not scope_ids(unverified, Action.HOUSEHOLD_READ, Scope.HOUSEHOLD)


def test_a_consent_ends_by_itself_and_at_once_when_withdrawn(household, organisation, user, referrer):
    given = agree(household, organisation, days=10)
    family = reverse("enrolment:family", args=[household.reference])
    assert referrer.get(family).status_code == 200
    last, after = given.during.upper - timedelta(days=1), given.during.upper
    for day, holds in ((last, True), (after, False)):
        principal = principal_of(user, verified=True, today=day)
        assert (household.pk in scope_ids(principal, Action.HOUSEHOLD_READ, Scope.HOUSEHOLD)) is holds
    withdraw_consent(consent=given, principal=SYSTEM, now=timezone.now())
    assert referrer.get(family).status_code == 404


def test_a_family_hears_who_may_act_for_it_until_when_and_how_to_stop_that(desk, organisation):
    Desk.objects.update(letter_languages=["nl", "en"])
    desk.refresh_from_db()
    family = cast.make_household(desk, "Claes", now=timezone.now(), email="jo@ouders.example", language="en")
    given = agree(family, organisation)
    (notice,) = Notice.objects.filter(household=family, kind="enrolment/consent_given")
    last = given.during.upper - timedelta(days=1)
    for said in ("Sociale dienst", "Answer offers for us", "withdraw", f"{last.day} ", f"{last.year}"):
        assert said in notice.body
    assert notice.mails.get().address == "jo@ouders.example"


@pytest.mark.parametrize("address", ["dienst@dienst.example", ""])
def test_a_referrer_hears_once_before_a_consent_ends(household, organisation, user, address):
    ReferrerOrganisation.objects.filter(pk=organisation.pk).update(email=address)
    agree(household, organisation, days=30)
    now = timezone.now()
    assert remind_of_consents(now=now + timedelta(days=15)) == 0
    assert remind_of_consents(now=now + timedelta(days=16)) == 1
    assert remind_of_consents(now=now + timedelta(days=17)) == 0
    notice = Notice.objects.get(kind="enrolment/consent_ends")
    assert notice.mails.get().address == (address or user.email)
    assert "Maes" not in notice.body
    assert reverse("enrolment:family", args=[household.reference]) in notice.body


def test_nobody_hears_of_the_end_of_a_consent_that_was_withdrawn(household, organisation, user):
    given = agree(household, organisation, days=10)
    withdraw_consent(consent=given, principal=SYSTEM, now=timezone.now())
    assert remind_of_consents(now=timezone.now()) == 0


def test_an_organisation_that_stops_acts_for_nobody(household, organisation, referrer):
    agree(household, organisation)
    ReferrerOrganisation.objects.update(active=False)
    assert referrer.get(reverse("enrolment:family", args=[household.reference])).status_code == 404


@pytest.mark.parametrize("days", [-1, 400])
def test_a_consent_is_for_a_year_at_most(household, organisation, days):
    with pytest.raises(RefusedError) as refused:
        agree(household, organisation, days=days)
    assert refused.value.field == "until"
    with pytest.raises(RefusedError):
        agree(household, organisation, what=[])


def test_a_parent_agrees_sees_and_stops(household, organisation, referrer):
    parent = parent_of(household)
    address = reverse("people:consents", args=[household.reference])
    until = timezone.localdate() + timedelta(days=30)
    parent.post(address, {"organisation": organisation.pk, "what": ["request.make"], "until": f"{until}"})
    consent = Consent.objects.get()
    assert consent.on_paper is False
    referrer.get(reverse("enrolment:family", args=[household.reference]))
    told = parent.get(reverse("enrolment:my_trail")).text
    assert "Referrer, Sociale dienst" in told
    assert "Toe" not in told, "staff are told by their function"
    parent.post(reverse("people:withdraw_consent", args=[household.reference, consent.pk]))
    assert referrer.get(reverse("enrolment:family", args=[household.reference])).status_code == 404
    assert "Withdrawn on" in parent.get(address).text


def test_a_referrer_cant_lengthen_its_own_consent(household, organisation, referrer):
    agree(household, organisation)
    assert referrer.get(reverse("people:consents", args=[household.reference])).status_code == 404


def test_another_familys_things_stay_shut(household, organisation, referrer, desk):
    agree(household, organisation)
    other = cast.make_household(desk, "Peeters", now=timezone.now())
    location = cast.make_location(desk, "De Notelaar")
    child = cast.make_child(other, "Lotte", born=date(2026, 1, 5))
    request = cast.make_request(
        child,
        [location],
        start=timezone.localdate() + timedelta(days=60),
        pattern=WeekPattern.from_text("mon"),
        now=timezone.now(),
    )
    assert referrer.get(reverse("enrolment:request", args=[request.reference])).status_code == 404
    assert "Peeters" not in referrer.get(reverse("enrolment:families")).text


def test_a_new_family_with_its_consent_on_paper(organisation, referrer, desk):
    form = {
        "first_name": "Fatima",
        "last_name": "Amrani",
        "phone": "0470 11 22 33",
        "street": "Kerkstraat 3",
        "postcode": "3999",
        "city": "Lindedaal",
    }
    address = reverse("enrolment:new_family")
    assert referrer.post(address, form).status_code == 422, "not without the paper"
    made = referrer.post(address, {**form, "signed": "on"})
    consent = Consent.objects.get()
    assert consent.on_paper
    family = reverse("enrolment:family", args=[consent.household.reference])
    assert made.url == family
    assert "Fatima Amrani" in referrer.get(family).text
    begun = referrer.post(reverse("enrolment:family_request", args=[consent.household.reference]))
    assert referrer.get(begun.url).status_code == 200
    draft = RequestDraft.objects.get()
    assert (draft.on_behalf, draft.household) == (True, consent.household)
    withdraw_consent(consent=consent, principal=SYSTEM, now=timezone.now())
    assert referrer.get(begun.url).status_code == 404
    actions = set(
        AuditEntry.objects.filter(household_id=consent.household_id).values_list("action", flat=True)
    )
    assert {"household.registered", "consent.given", "household.read"} <= actions


def test_who_acts_for_two_organisations_sees_the_families_of_both_and_registers_for_the_one_chosen(
    organisation, referrer, user, desk, household
):
    other = ReferrerOrganisation.objects.create(desk=desk, name="Huis van het Kind")
    RoleGrant.objects.create(
        user=user, role=Role.REFERRER, scope=Scope.REFERRER, scope_id=other.pk, granted_at=timezone.now()
    )
    agree(household, other)
    page = reverse("enrolment:families")
    assert "Maes" not in referrer.get(page).text and "Huis van het Kind" in referrer.get(page).text
    there = referrer.get(page, {"organisation": other.pk})
    assert "Maes" in there.text
    form = {"first_name": "Fatima", "last_name": "Amrani", "street": "Kerkstraat 3", "postcode": "3999",
            "city": "Lindedaal", "signed": "on"}  # fmt: skip
    referrer.post(there.context["new_url"], form)
    assert {each.organisation for each in Consent.objects.all()} == {other}
    assert referrer.get(page, {"organisation": 10**9}).context["organisation"] == organisation


def test_a_new_family_with_a_mail_address_logs_in_with_it(organisation, referrer, user, desk):
    form = {
        "first_name": "Fatima",
        "last_name": "Amrani",
        "email": "Fatima@ouders.example",
        "street": "Kerkstraat 3",
        "postcode": "3999",
        "city": "Lindedaal",
        "signed": "on",
    }
    referrer.post(reverse("enrolment:new_family"), form)
    referrer.post(reverse("enrolment:new_family"), form | {"email": user.email, "first_name": "Samira"})
    grant = RoleGrant.objects.get(scope=Scope.HOUSEHOLD)
    assert (grant.role, grant.user.email) == (Role.PARENT, "fatima@ouders.example")
    assert grant.user != user, "no referrer becomes a parent by typing the own address"


def test_the_desk_notes_a_consent_from_paper_and_names_staff_only_if_it_wants(household, organisation, desk):
    clerk = client_of(
        cast.make_user(
            "marleen@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=timezone.now()
        )
    )
    until = timezone.localdate() + timedelta(days=30)
    clerk.post(
        reverse("people:consents", args=[household.reference]),
        {"organisation": organisation.pk, "what": ["request.make"], "until": f"{until}"},
    )
    assert Consent.objects.get().on_paper
    clerk.get(reverse("enrolment:office", args=[desk.slug]), {"q": "maes"})
    parent = parent_of(household)
    shown = parent.get(reverse("enrolment:my_trail")).text
    assert "Desk clerk, Lindedaal" in shown
    assert "stood in a search or on a list" in shown
    assert "Marleen" not in shown
    assert "Marleen" not in parent.get(reverse("people:my_data")).text
    desk.staff_names_shown = True
    desk.save()
    assert "Desk clerk, Lindedaal, Marleen" in parent.get(reverse("enrolment:my_trail")).text


def test_a_family_sees_who_opened_a_waiting_list_on_which_it_stands(household, desk):
    """At a location of another desk too, and however often it was opened in one line."""
    now = timezone.now()
    place = cast.make_location(cast.make_desk("herent", nis="99002"), "Pluk")
    cast.make_group(place, 3, now=now)
    child = cast.make_child(household, "Noor", born=now.date() - timedelta(days=200))
    start = now.date() + timedelta(days=90)
    cast.make_request(child, [place], start=start, pattern=WeekPattern.from_text("mon"), now=now)
    manager = cast.make_user(
        "greet@pluk.example", role=Role.MANAGER, scope=Scope.LOCATION, scope_id=place.pk, now=now
    )
    seen = client_of(manager)
    for _time in range(3):
        seen.get(reverse("enrolment:waiting_list", args=[place.slug]))
    told = parent_of(household).get(reverse("enrolment:my_trail")).text
    assert "Manager of a location, Pluk. 3 times in the last three months" in told
    assert told.count("Looked at the waiting list or the register of a location") == 1
    assert "Greet" not in told


def test_an_administrator_adds_an_organisation_and_a_log_in(desk):
    administrator = client_of(
        cast.make_user(
            "nadia@loket.example",
            role=Role.ADMINISTRATOR,
            scope=Scope.DESK,
            scope_id=desk.pk,
            now=timezone.now(),
        )
    )
    address = reverse("people:referrers", args=[desk.slug])
    administrator.post(address, {"name": "OCMW"})
    assert administrator.post(address, {"name": "OCMW"}).status_code == 422
    organisation = ReferrerOrganisation.objects.get()
    administrator.post(
        reverse("people:new_referrer", args=[desk.slug]),
        {"organisation": organisation.pk, "name": "Els", "email": "els@ocmw.example"},
    )
    assert "els@ocmw.example" in administrator.get(address).text


def test_the_queries_of_my_families_dont_grow(desk, organisation, referrer):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            referrer.get(reverse("enrolment:families"))
        return len(captured)

    agree(cast.make_household(desk, "Een", now=timezone.now()), organisation)
    queries()
    few = queries()
    for number in range(5):
        agree(cast.make_household(desk, f"Gezin{number}", now=timezone.now()), organisation)
    assert queries() == few <= 30


def test_a_visitor_is_asked_to_log_in():
    assert Client().get(reverse("enrolment:families")).status_code == 302


def test_a_referrer_adds_a_child_and_asks_other_care_than_day_care(referrer, desk):
    cast.make_street(desk)
    made = referrer.post(reverse("enrolment:new_family"), ON_PAPER)
    reference = Household.objects.get(adults__last_name="Nys").reference
    page = referrer.get(made.url).content.decode()
    adding = reverse("enrolment:add_child", args=[reference])
    for address in (
        adding, reverse("outofschool:family", args=[reference]), reverse("sickcare:family", args=[reference])
    ):  # fmt: skip
        assert address in page
        assert referrer.get(address).status_code == 200
    child = {"count": "1", "first_name_0": "Mona", "last_name_0": "Nys", "day_0": "2018-01-05"}
    assert referrer.post(adding, child).url == reverse("enrolment:family", args=[reference])
    assert Household.objects.get(reference=reference).children.get().first_name == "Mona"
    assert not CareRequest.objects.exists()


def test_a_referrer_makes_no_second_family_of_a_mail_address(referrer, desk):
    cast.make_household(desk, "Maes", now=timezone.now(), email="known@ouders.example")
    refused = referrer.post(reverse("enrolment:new_family"), ON_PAPER | {"email": "known@ouders.example"})
    assert refused.status_code == 422 and "email" in refused.context["form"].errors
    assert Household.objects.count() == 1
