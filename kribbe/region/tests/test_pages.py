"""A desk's public pages and its settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from kribbe.region import access, services
from kribbe.region.models import Desk, DeskPolicy, Municipality, PassOverReason, Region
from kribbe.region.pages import settings as pages
from kribbe.region.presets import apply_preset, presets, reason_rows
from kribbe.region.selectors import policy_on
from kribbe.region.services import Contacts, Terms
from kribbe.region.words import sentences
from kribbe.rules.priority import DateRule
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.permissions import Action
from kribbe.trust.principal import VISITOR, Grant, Principal, Role, Scope

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}


def make_desk(slug: str = "leuven", region: Region | None = None) -> Desk:
    region = region or Region.objects.create(name="Proef", slug=f"proef-{slug}")
    place = Municipality.objects.create(
        region=region,
        nis_code=f"24{Municipality.objects.count():03}",
        name_nl=slug.title(),
        longitude=4.7,
        latitude=50.88,
    )
    return Desk.objects.create(
        region=region,
        municipality=place,
        slug=slug,
        name=slug.title(),
        phone="016 00 00 00",
        public_languages=["nl", "en"],
        complaints="klachten@proef.example",
    )


@built_once
def desk() -> Desk:
    desk = make_desk()
    apply_preset(desk=desk, preset=presets()["brussel"], since=timezone.localdate() - timedelta(days=400))
    return desk


def administrator(desk: Desk, scope: Scope = Scope.DESK) -> Principal:
    over = desk.pk if scope is Scope.DESK else desk.region_id
    return Principal(7, "Ada", (Grant(Role.ADMINISTRATOR, scope, over),), verified=True)


def visit(
    page: Any, desk: Desk, principal: Principal, data: dict[str, Any] | None = None, query: str = ""
) -> Any:
    """Walk into a page past the log-in, as this principal; a form is sent where there is data."""
    factory = RequestFactory()
    request: Any = factory.get(f"/?{query}") if data is None else factory.post(f"/?{query}", data)
    request.principal = principal
    request.session = {}
    request.user = type("User", (), {"is_authenticated": True, "__str__": lambda self: "Ada"})()
    request._messages = type("Messages", (list,), {"add": lambda self, *_: None})()
    request._dont_enforce_csrf_checks = True
    with translation.override("en"):
        return page(request, desk=desk.slug) if isinstance(desk, Desk) else page(request, desk=desk)


# Public


def test_with_one_desk_the_choice_is_made(client: Client, desk: Desk) -> None:
    assert client.get("/").headers["Location"] == "/leuven/"


def test_with_more_desks_they_stand_in_the_order_of_the_alphabet(client: Client) -> None:
    region = Region.objects.create(name="Proef", slug="proef")
    for slug in ("zemst", "aarschot"):
        make_desk(slug, region)
    text = client.get("/", headers=ENGLISH).content.decode()
    assert text.index("Aarschot") < text.index("Zemst")


@pytest.mark.parametrize("name", ["home", "how", "accessibility", "privacy"])
def test_public_pages_come_in_both_languages(client: Client, desk: Desk, name: str) -> None:
    address = reverse(f"region:{name}", args=[desk.slug])
    english = client.get(address, headers=ENGLISH).content.decode()
    dutch = client.get(address, headers={"accept-language": "nl"}).content.decode()
    assert '<html lang="en"' in english
    assert '<html lang="nl"' in dutch
    assert english.count("<h1") == dutch.count("<h1") == 1
    assert client.get(reverse(f"region:{name}", args=["nowhere"])).status_code == 404


def test_the_front_page_costs_few_queries(client: Client, desk: Desk) -> None:
    client.get("/leuven/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/leuven/")
    assert len(queries) <= 8


def test_how_it_works_tells_the_policy_of_today_and_where_to_complain(client: Client, desk: Desk) -> None:
    text = client.get("/leuven/how-it-works/", headers=ENGLISH).content.decode()
    assert "at most 5 locations" in text
    assert "from 7 months before the start" in text
    assert "10 days to answer an offer" in text
    assert "klachten@proef.example" in text


@pytest.mark.parametrize("slug", sorted(presets()))
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_preset_can_be_said(slug: str, language: str) -> None:
    with translation.override(language):
        said = sentences(Terms.of(presets()[slug]))
    assert len(said) == (17 if slug == "antwerpen" else 15), "two more on what a family changes itself"
    assert not any("%" in sentence or "None" in sentence for sentence in said)


# Doors


@pytest.mark.parametrize(
    "page",
    [pages.contacts, pages.look, pages.policy, pages.reasons, pages.look_preview, pages.policy_preview],
)
def test_only_the_desks_own_administrator_enters(desk: Desk, page: Any) -> None:
    other = make_desk("elders")
    assert visit(page, desk, administrator(desk)).status_code == 200
    assert visit(page, desk, administrator(desk, Scope.REGION)).status_code == 200
    unverified = Principal(7, "Ada", administrator(desk).grants, verified=False)
    clerk = Principal(8, "Cleo", (Grant(Role.CLERK, Scope.DESK, desk.pk),), verified=True)
    for outsider in (administrator(other), unverified, clerk):
        with pytest.raises(access.Http404):
            visit(page, desk, outsider)
    assert visit(page, desk, VISITOR).status_code == 302


def test_a_session_that_ran_out_is_told(desk: Desk) -> None:
    assert visit(pages.contacts, desk, VISITOR, {"name": "X"}).status_code == 401


def test_no_desk_and_not_yours_are_the_same(desk: Desk) -> None:
    for slug in ("leuven", "nowhere"):
        with pytest.raises(access.Http404):
            access.desk_for(VISITOR, Action.DESK_SETTINGS, slug)


# Settings


TERMS: dict[str, Any] = {
    "max_wishes": "",
    "earliest_answer_months": "9",
    "answer_days": "21",
    "reaction_days": "14",
    "signature_days": "14",
    "urgent_days": "30",
    "confirm_months": "6",
    "confirm_days": "21",
    "confirm_reminder_days": "10",
    "end_months": "6",
    "complaint_days": "30",
    "keep_years": "5",
    "look_weeks": "4",
    "list_weeks": "1",
    "date_rule": "lottery",
    "source": "Council, 1 March",
}


def test_a_new_policy_holds_from_its_day_and_the_past_stays(desk: Desk) -> None:
    today = timezone.localdate()
    since = today + timedelta(days=30)
    response = visit(pages.policy, desk, administrator(desk), {**TERMS, "since": since.isoformat()})
    assert response.status_code == 302
    assert policy_on(desk, since - timedelta(days=1)).max_wishes == 5
    planned = policy_on(desk, since)
    assert (planned.max_wishes, planned.reaction_days, planned.date_rule) == (None, 14, DateRule.LOTTERY)
    again = visit(
        pages.policy, desk, administrator(desk), {**TERMS, "since": since.isoformat(), "max_wishes": "3"}
    )
    assert again.status_code == 302
    assert policy_on(desk, since).max_wishes == 3
    assert DeskPolicy.objects.filter(desk=desk).count() == 2
    assert (
        list(AuditEntry.objects.values_list("action", "actor_id", "desk_id"))
        == [("desk.policy", 7, desk.pk)] * 2
    )


def test_a_policy_cannot_change_the_past(desk: Desk) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    response = visit(pages.policy, desk, administrator(desk), {**TERMS, "since": yesterday.isoformat()})
    assert response.status_code == 422
    assert "Choose today or a later day." in response.content.decode()
    assert DeskPolicy.objects.filter(desk=desk).count() == 1


def test_wrong_numbers_are_told_and_nothing_typed_is_lost(desk: Desk) -> None:
    response = visit(
        pages.policy, desk, administrator(desk), {**TERMS, "since": "2099-01-01", "reaction_days": "0"}
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert "Council, 1 March" in text
    assert "Fill in every field" in text


def test_a_preset_fills_the_form_and_is_shown_in_words(desk: Desk) -> None:
    text = visit(pages.policy, desk, administrator(desk), query="preset=turnhout").content.decode()
    assert "from 4 months before the start" in text
    assert 'value="lottery"' in text


def test_colours_that_cannot_be_read_are_refused_at_their_field(desk: Desk) -> None:
    colours = {
        "primary": "#ffff00",
        "ink": "#1b2b28",
        "paper": "#ffffff",
        "sand": "#f6f1e7",
        "font": "figtree",
        "logo_icon": "sun",
    }
    refused = visit(pages.look, desk, administrator(desk), colours)
    assert refused.status_code == 422
    shown = refused.content.decode()
    assert "the contrast is 1.07, and 4.5 is needed. Choose a darker colour" in shown
    assert 'fill="#ffff00"' in shown
    assert visit(pages.look, desk, administrator(desk), colours | {"primary": "#7a1f3d"}).status_code == 302
    desk.refresh_from_db()
    assert (desk.tokens, desk.logo_icon) == ({"primary": "#7a1f3d"}, "sun")


def test_the_service_refuses_unreadable_colours_too(desk: Desk) -> None:
    with pytest.raises(RefusedError):
        services.change_look(
            principal=administrator(desk),
            desk=desk,
            tokens={"ink": "#eeeeee"},
            logo_icon="leaf",
            now=timezone.now(),
        )


def test_contacts_change_and_leave_a_trace(desk: Desk) -> None:
    services.change_contacts(
        principal=administrator(desk),
        desk=desk,
        contacts=Contacts(
            name="Leuven", subtitle="Opvangloket", phone="016 99 99 99", email="", address="", complaints=""
        ),
        now=timezone.now(),
    )
    desk.refresh_from_db()
    assert desk.phone == "016 99 99 99"
    assert AuditEntry.objects.get().data == {"fields": ["complaints", "phone", "subtitle"]}


def test_reasons_are_added_changed_and_never_doubled(desk: Desk) -> None:
    assert PassOverReason.objects.count() == len(reason_rows(desk))
    reason = {"text_nl": "Een eigen reden.", "text_en": "A reason of our own.", "active": "on"}
    assert visit(pages.reasons, desk, administrator(desk), reason).status_code == 302
    made = PassOverReason.objects.get(code="a-reason-of-our-own")
    assert made.active
    twice = visit(pages.reasons, desk, administrator(desk), reason)
    assert twice.status_code == 422
    assert "already has this reason" in twice.content.decode()
    changed = reason | {"text_nl": "Anders."}
    assert visit(pages.reasons, desk, administrator(desk), changed, f"reason={made.pk}").status_code == 302
    made.refresh_from_db()
    assert (made.text_nl, made.code) == ("Anders.", "a-reason-of-our-own")


def test_a_reason_of_another_desk_is_not_found(desk: Desk) -> None:
    other = make_desk("elders")
    PassOverReason.objects.bulk_create(reason_rows(other))
    stranger = other.pass_over_reasons.earliest("pk")
    for number in (stranger.pk, "x", "9" * 30):
        with pytest.raises(access.Http404):
            visit(pages.reasons, desk, administrator(desk), query=f"reason={number}")
