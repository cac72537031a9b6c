"""What is typed is kept, in two tabs, by mail and on behalf."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Mail
from kribbe.enrolment.models import CareRequest, RequestDraft
from kribbe.enrolment.pages import drafts_door as pages
from kribbe.enrolment.pages.drafts_begun import COOKIE
from kribbe.enrolment.pages.drafts_later import LINKS_AN_HOUR
from kribbe.enrolment.services.drafts import (
    KEPT,
    forget_drafts,
    keep_draft,
    read_link,
    sign_link,
    start_draft,
)
from kribbe.enrolment.tests.drafts.scene import (
    CHILD,
    DAYS,
    LAST,
    TODAY,
    begin,
    choices,
    draft_answers,
    fill,
    text,
    url,
)
from kribbe.people.models import User
from kribbe.people.services import link_user
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM, VISITOR, Principal

pytestmark = pytest.mark.django_db


def test_two_tabs_both_versions_are_shown_and_typing_wins_only_when_sent_again(client, draft):
    client.post(url(draft, "child"), CHILD)
    other = {**CHILD, "city": "Lindedaal-Zuid", "first_name": "Elsje"}
    stale = client.post(url(draft, "child"), other)
    assert stale.status_code == 409
    page = text(stale)
    assert "in een ander tabblad veranderd" in page
    assert "Elsje" in page
    assert RequestDraft.objects.get().answers["child"]["typed"]["first_name"] == ["Els"]
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    assert client.post(url(draft, "child"), {**other, "version": version}).status_code == 302
    assert RequestDraft.objects.get().answers["child"]["typed"]["first_name"] == ["Elsje"]


def test_keeping_while_typing_says_that_another_tab_was_first_and_keeps_the_conflict(client, draft):
    client.post(url(draft, "child"), CHILD)
    page = text(client.post(url(draft, "child"), {**CHILD, "city": "Elders", "action": "keep"}))
    assert "in een ander tabblad veranderd" in page
    assert 'name="version" value="1"' in page
    assert client.post(url(draft, "child"), {**CHILD, "city": "Elders"}).status_code == 409


def test_the_same_words_from_an_older_page_are_no_conflict(client, draft):
    client.post(url(draft, "child"), CHILD)
    assert client.post(url(draft, "child"), CHILD).status_code == 302


def test_what_is_typed_is_kept_while_typing(client, draft):
    response = client.post(url(draft, "child"), {**CHILD, "email": "", "action": "keep"})
    assert response.status_code == 200
    assert "Bewaard om" in text(response)
    assert 'name="version" value="2"' in text(response)
    assert "<html" not in text(response)


def test_the_national_number_never_stays_in_the_draft(client, draft):
    fill(client, draft)
    client.post(url(draft, "review"), {**LAST, "national_number": "85.07.30-033.28", "action": "keep"})
    assert "85.07.30" not in str(RequestDraft.objects.get().answers)
    wrong = client.post(url(draft, "review"), {**LAST, "national_number": "85.07.30-033.29"})
    assert wrong.status_code == 422
    assert 'href="#id_national_number"' in text(wrong)
    assert "85.07.30-033.29" in text(wrong)


def test_the_last_step_needs_the_declaration_and_the_earlier_steps(client, draft):
    assert client.get(url(draft, "review")).url == url(draft, "child") + "?look=1"
    fill(client, draft)
    response = client.post(url(draft, "review"), {**LAST, "declared": ""})
    assert 'href="#id_declared"' in text(response)


def test_a_second_press_that_looked_before_the_first_was_through_sees_what_was_sent(
    client, draft, places, monkeypatch
):
    fill(client, draft, "child", "days", "choices")
    looked = RequestDraft.objects.select_related("desk", "household").get()
    assert client.post(url(draft, "review"), LAST).url == url(draft, "sent")
    monkeypatch.setattr(pages, "draft_for", lambda *_, **__: looked)
    assert client.post(url(draft, "review"), {**LAST, "remarks": "x"}).url == url(draft, "sent")
    kept = client.post(url(draft, "review"), {**LAST, "action": "keep"})
    assert (kept.status_code, kept.content) == (204, b"")
    assert CareRequest.objects.count() == 1


def test_a_child_that_asks_already_is_refused_on_the_last_page(client, draft, desk):
    fill(client, draft)
    client.post(url(draft, "review"), LAST)
    second = begin(client, desk)
    second.answers = draft_answers(draft)
    second.save()
    response = client.post(url(second, "review"), LAST)
    assert response.status_code == 422
    assert "open aanvraag voor Noor Maes" in text(response)


def test_another_browser_sees_nothing_and_the_mailed_link_opens_it(client, draft, desk, django_user_model):
    fill(client, draft, "child")
    later = reverse("enrolment:draft_later", args=[desk.slug, draft.reference])
    assert client.post(later, {"email": "els@gmail.com"}).url == later
    assert Mail.objects.get().address == "els@gmail.com"
    link = re.search(r"/[\w-]+/request/continue/[^\s/]+/", Mail.objects.get().body)[0]
    client.cookies.clear()
    assert reverse("account_login") in client.get(url(draft, "child")).url
    assert client.post(url(draft, "child"), CHILD).status_code == 401
    client.get(link)
    assert COOKIE in client.cookies
    assert client.get(url(draft, "child")).status_code == 200
    assert client.get(link[:-1] + "x/").status_code == 410
    client.cookies.clear()
    client.force_login(django_user_model.objects.create_user("ander@ouders.example"))
    assert client.get(url(draft, "child")).status_code == 404


def test_who_logs_in_on_the_way_takes_the_request_along(client, draft, django_user_model):
    user = django_user_model.objects.create_user("els@ouders.example")
    client.force_login(user)
    assert client.get(url(draft, "child")).status_code == 200
    draft.refresh_from_db()
    assert draft.user == user
    client.logout()
    assert client.get(url(draft, "child")).status_code == 302


def test_a_known_household_only_says_for_which_child(client, desk, places):
    now = timezone.now()
    household = cast.make_household(desk, "Maes", now=now, email="els@ouders.example")
    fien = cast.make_child(household, "Fien", born=TODAY - timedelta(days=100))
    user = User.objects.create_user("els@ouders.example")
    link_user(household=household, user=user, principal=SYSTEM, now=now)
    client.force_login(user)
    draft = begin(client, desk, places[0])
    page = text(client.get(url(draft, "child")))
    assert "Fien Maes" in page
    assert "id_street" not in page
    nobody = client.post(url(draft, "child"), {"count": "0", "version": "1", "action": "next"})
    assert nobody.status_code == 422
    client.post(url(draft, "child"), {"count": "0", "known": str(fien.pk), "version": "9", "action": "next"})
    client.post(url(draft, "days"), DAYS)
    client.post(url(draft, "choices"), choices(draft))
    client.post(url(draft, "review"), LAST)
    assert CareRequest.objects.get().child == fien


def test_an_unfinished_request_is_offered_again(client, draft, desk):
    fill(client, draft, "child")
    page = client.get(reverse("enrolment:new_request", args=[desk.slug]))
    assert "Verdergaan waar je stopte" in text(page)
    assert "Noor" in text(page)
    assert begin(client, desk).reference != draft.reference


def test_looking_at_a_new_request_saves_nothing_and_the_first_word_does(client, desk, places):
    address = reverse("enrolment:new_request", args=[desk.slug])
    first = client.get(f"{address}?location={places[0].slug}").url
    page = client.get(first)
    assert client.get(address).url == first.partition("?")[0]
    assert client.get(first.replace("child", "days")).url == first.partition("?")[0]
    assert RequestDraft.objects.count() == 0
    sent = client.post(page.context["send_url"], {**CHILD, "action": "keep", "version": "1"})
    draft = RequestDraft.objects.get()
    assert sent.status_code == 200
    assert first.startswith(url(draft, "child"))
    assert draft.answers["choices"]["typed"] == {"order": [str(places[0].pk)]}
    assert draft.answers["child"]["typed"]["first_name_0"] == ["Noor"]


def test_a_reference_that_the_browser_does_not_hold_begins_nothing(client, desk):
    address = reverse("enrolment:draft_child", args=[desk.slug, "0000ABCD"])
    assert client.get(address).status_code == 302
    assert client.post(address, CHILD).status_code == 401
    assert RequestDraft.objects.count() == 0


def test_two_tabs_begin_one_request(client, desk, places):
    first = client.get(reverse("enrolment:new_request", args=[desk.slug])).url
    one = client.get(first).context["draft"]
    other = client.get(first).context["draft"]
    assert keep_draft(one).pk == keep_draft(other).pk


def test_drafts_are_forgotten_and_links_wear_out(desk):
    now = timezone.now()
    old = start_draft(principal=VISITOR, desk=desk, now=now - KEPT - timedelta(days=1))
    new = start_draft(principal=VISITOR, desk=desk, now=now)
    assert read_link(sign_link(new)) == new
    assert read_link("wrong") is None
    assert forget_drafts(now=now) == 1
    assert read_link(sign_link(old)) is None


def test_a_draft_on_behalf_opens_for_clerks_of_the_desk_alone(client, desk):
    start_draft(principal=Principal(user_id=None), desk=desk, now=timezone.now(), on_behalf=True)
    draft = RequestDraft.objects.get()
    assert client.get(url(draft, "child")).status_code == 302


def test_english_beside_dutch(client, draft):
    page = client.get(url(draft, "child"), headers={"accept-language": "en"})
    assert "For whom do you need care?" in text(page)
    assert "Voor wie zoek je opvang?" in text(client.get(url(draft, "child")))


def test_one_address_gets_few_links_however_many_requests_are_begun(desk):
    cache.clear()
    for _ in range(LINKS_AN_HOUR + 3):
        visitor = Client()
        draft = begin(visitor, desk)
        later = reverse("enrolment:draft_later", args=[desk.slug, draft.reference])
        visitor.post(later, {"email": "els@ouders.example"})
    assert Mail.objects.filter(address="els@ouders.example").count() == LINKS_AN_HOUR
