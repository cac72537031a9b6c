"""Saved searches: confirmed first, told what is new and nothing else, stopped in one click."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.delivery import _message
from kribbe.contact.models import Mail
from kribbe.enrolment.services import search_mails
from kribbe.enrolment.services.search_mails import mail_news
from kribbe.places import ledger
from kribbe.places.models import Group, LedgerTake, Rhythm, SavedSearch
from kribbe.places.selectors.saved import fitting, search_of, sign_search
from kribbe.places.selectors.search import Search
from kribbe.places.services.saved_searches import MOST, Wish, forget_searches, save_search, stop_search
from kribbe.places.tests.scene import LEUVEN, fill, make_desk, make_group, make_location
from kribbe.region.models import Desk
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db

MONDAY = WeekPattern.from_text("mon")
DAY = timedelta(days=1)


@built_once
def desk() -> Desk:
    cache.clear()
    return make_desk(phone="016 00 00 00", email="opvang@leuven.example")


def open_group(desk: Desk, name: str, *, taken: bool = False, **fields: Any) -> Group:
    now = timezone.now()
    group = make_group(make_location(desk, name, **fields), since=now.date() - 7 * DAY, now=now)
    if taken:
        fill(group, "mon", start=now.date() + DAY, now=now)
    return group


def let_go(group: Group, now: datetime) -> None:
    take = LedgerTake.objects.get(group=group)
    ledger.release(holder=take.holder, now=now)


def save(
    desk: Desk, rhythm: str = Rhythm.DAILY, *, now: datetime | None = None, **fields: Any
) -> SavedSearch:
    now = now or timezone.now()
    search = Search(
        region_id=desk.region_id,
        longitude=LEUVEN[0],
        latitude=LEUVEN[1],
        start=first_of_month(timezone.localdate(now)),
        today=timezone.localdate(now),
        pattern=MONDAY,
        kilometres=5,
        **fields,
    )
    wish = Wish("Ouder@Ouders.example", "nl", rhythm, "Leuven · maandag", "?days=3")
    return save_search(desk=desk, search=search, wish=wish, now=now)


def confirmed(saved: SavedSearch) -> SavedSearch:
    SavedSearch.objects.filter(pk=saved.pk).update(confirmed_at=saved.created_at)
    return saved


def named() -> list[list[str]]:
    """For each mail of news, in order, the places that it names."""
    mails = Mail.objects.filter(message_id__contains="search_news").order_by("pk")
    return [re.findall(r"^- ([^,]+),", mail.body, re.MULTILINE) for mail in mails]


def test_only_what_is_new_is_told_and_told_once(desk: Desk) -> None:
    open_group(desk, "Vrij")
    full, later = open_group(desk, "Eerst vol", taken=True), open_group(desk, "Later vol", taken=True)
    open_group(desk, "Ver weg", km_east=9)
    confirmed(save(desk))
    now = timezone.now()
    assert mail_news(now=now + DAY) == 0
    let_go(full, now + DAY)
    assert mail_news(now=now + 2 * DAY) == 1
    assert mail_news(now=now + 3 * DAY) == 0
    let_go(later, now + 3 * DAY)
    assert mail_news(now=now + 4 * DAY) == 1
    assert named() == [["Eerst vol"], ["Later vol"]]


def test_one_that_was_stopped_meanwhile_holds_up_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    full = open_group(desk, "Eerst vol", taken=True)
    stopped = save(desk)
    due = [stopped.pk]
    stop_search(saved=stopped)
    due.append(confirmed(save(desk)).pk)
    now = timezone.now()
    let_go(full, now)
    monkeypatch.setattr(search_mails, "due_searches", lambda *, now: due)
    assert mail_news(now=now + DAY) == 1


def test_what_went_and_came_back_is_news_again(desk: Desk) -> None:
    group = open_group(desk, "Komt en gaat")
    confirmed(save(desk))
    now = timezone.now()
    fill(group, "mon", start=now.date() + DAY, now=now)
    assert mail_news(now=now + DAY) == 0
    let_go(group, now + DAY)
    assert mail_news(now=now + 2 * DAY) == 1


@pytest.mark.parametrize(("rhythm", "mails"), [(Rhythm.DAILY, 3), (Rhythm.WEEKLY, 1)])
def test_never_more_often_than_chosen(desk: Desk, rhythm: str, mails: int) -> None:
    groups = [open_group(desk, f"Huis {number}", taken=True) for number in range(3)]
    confirmed(save(desk, rhythm))
    now = timezone.now()
    for number, group in enumerate(groups, 1):
        let_go(group, now + number * DAY)
        for hour in (1, 2, 3):
            mail_news(now=now + number * DAY + timedelta(hours=hour))
    mail_news(now=now + 7 * DAY + timedelta(hours=4))
    assert len(named()) == mails
    assert sorted(name for mail in named() for name in mail) == ["Huis 0", "Huis 1", "Huis 2"]


def test_nothing_is_mailed_before_the_address_is_confirmed(desk: Desk) -> None:
    group = open_group(desk, "Vol", taken=True)
    save(desk)
    now = timezone.now()
    let_go(group, now)
    assert mail_news(now=now + DAY) == 0


def test_from_the_page_to_the_mail_and_out_again(client: Client, desk: Desk) -> None:
    group = open_group(desk, "Eerst vol", taken=True)
    page = reverse("enrolment:save_search", args=[desk.slug]) + "?days=3"
    answer = client.post(page, {"email": "Ouder@Ouders.example", "rhythm": "daily"})
    assert answer.url == reverse("places:search", args=[desk.slug]) + "?days=3"
    saved = SavedSearch.objects.get()
    assert (saved.email, saved.pattern, saved.confirmed_at) == ("ouder@ouders.example", 3, None)
    link = re.search(r"http\S+/search/news/\S+", Mail.objects.get().body)
    assert link is not None
    address = "/" + link[0].split("/", 3)[3]
    assert b"Ja, mail me" in client.get(address).content
    saved.refresh_from_db()
    assert saved.confirmed_at is None, "opening the link alone confirms nothing"
    client.post(address, {"action": "confirm"})
    now = timezone.now()
    let_go(group, now)
    assert mail_news(now=now + DAY) == 1
    news = Mail.objects.latest("pk")
    assert news.subject == "1 opvanglocatie past nu bij je zoekopdracht"
    assert "/search/?days=3&free=all" in news.body
    headers = _message(news).message()
    assert headers["List-Unsubscribe"] == f"<{news.stop_url}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    button = Client(enforce_csrf_checks=True)
    one_click = "/" + news.stop_url.split("/", 3)[3]
    assert button.get(one_click).status_code == 405
    assert button.post(one_click, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert SavedSearch.objects.count() == 0
    assert client.get(address).status_code == 410
    assert button.post(one_click).status_code == 404


def test_stopping_on_the_page_forgets_the_address(client: Client, desk: Desk) -> None:
    saved = save(desk)
    address = reverse("enrolment:saved_search", args=[desk.slug, sign_search(saved)])
    assert "/search/save/?days=3" in client.post(address, {"action": "stop"}).content.decode()
    assert SavedSearch.objects.count() == 0


def test_the_link_of_one_desk_opens_nothing_at_another(client: Client, desk: Desk) -> None:
    other = make_desk("Elders")
    token = sign_search(save(desk))
    assert client.get(reverse("enrolment:saved_search", args=[other.slug, token])).status_code == 410
    assert client.post(reverse("enrolment:stop_search", args=[other.slug, token])).status_code == 404
    assert client.get(reverse("enrolment:saved_search", args=[desk.slug, token + "x"])).status_code == 410


def test_one_address_gets_no_flood(client: Client, desk: Desk) -> None:
    for number in range(8):
        page = reverse("enrolment:save_search", args=[desk.slug]) + f"?days={number + 1}"
        client.post(page, {"email": "ouder@ouders.example", "rhythm": "daily"})
    assert Mail.objects.count() == 5
    with pytest.raises(RefusedError):
        save(desk)
    assert SavedSearch.objects.count() == MOST


def test_saved_twice_is_kept_once(desk: Desk) -> None:
    assert save(desk).pk == save(desk).pk


def test_saved_again_it_has_the_rhythm_chosen_last(desk: Desk) -> None:
    save(desk, rhythm=Rhythm.DAILY)
    assert save(desk, rhythm=Rhythm.WEEKLY).rhythm == SavedSearch.objects.get().rhythm == Rhythm.WEEKLY


def test_a_search_whose_mail_cannot_be_written_is_not_kept(
    client: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_given: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(search_mails.outbox, "put", fails)
    address = reverse("enrolment:save_search", args=[desk.slug]) + "?days=3"
    with pytest.raises(RuntimeError):
        client.post(address, {"email": "ouder@ouders.example", "rhythm": Rhythm.DAILY})
    assert not SavedSearch.objects.exists()


def test_what_was_never_confirmed_or_is_long_past_is_forgotten(desk: Desk) -> None:
    now = timezone.now()
    save(desk)
    assert forget_searches(now=now + 6 * DAY) == 0
    assert forget_searches(now=now + 8 * DAY) == 1
    confirmed(save(desk))
    assert forget_searches(now=now + 60 * DAY) == 0
    assert forget_searches(now=now + 130 * DAY) == 1


def test_a_month_that_is_over_gives_way_to_the_present_one(desk: Desk) -> None:
    today = add_months(first_of_month(timezone.localdate()), 2)
    saved = save(desk)
    assert search_of(saved, today=today).start == today
    assert search_of(saved, today=date(2020, 1, 1)).start == saved.start


def test_a_location_without_figures_is_no_news(desk: Desk) -> None:
    make_location(desk, "Houdt niets bij")
    assert fitting(search_of(save(desk), today=timezone.localdate())) == []
