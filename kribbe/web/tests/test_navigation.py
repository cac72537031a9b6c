"""Navigation: what shows, to whom, and which entry is current."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import RequestFactory

from kribbe.web import navigation
from kribbe.web.navigation import (
    Entry,
    NavItem,
    entries,
    nearest_only,
    rail_section,
    register,
    register_action_check,
)

pytestmark = pytest.mark.urls("kribbe.web.tests.urls")


@pytest.fixture(autouse=True)
def _empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_items", [])
    monkeypatch.setattr(navigation, "_action_checks", [])


def labels(path: str = "/", section: str = "public") -> list[str]:
    return [entry.label for entry in entries(RequestFactory().get(path), section)]


def test_entries_stand_in_order_and_once() -> None:
    register(NavItem("Second", "web:gallery", "sun", "public", order=20))
    register(NavItem("First", "web:gallery_search", "sun", "public", order=10))
    register(NavItem("Second", "web:gallery", "sun", "public", order=20))
    assert labels() == ["First", "Second"]


def test_an_unknown_section_is_refused() -> None:
    with pytest.raises(ValueError, match="no such section"):
        register(NavItem("X", "web:gallery", "sun", "nowhere"))


def test_entries_with_an_action_hide_until_somebody_may() -> None:
    register(NavItem("Secret", "web:gallery", "sun", "public", action="gallery.read"))
    assert labels() == []
    register_action_check(lambda request, action: action == "gallery.read")
    assert labels() == ["Secret"]


def test_entries_without_arguments_or_address_hide() -> None:
    register(NavItem("Elsewhere", "web:gallery", "sun", "public", arguments=lambda request: None))
    register(NavItem("Unbuilt", "nowhere:at_all", "sun", "public"))
    assert labels() == []


def test_the_longest_matching_entry_is_current() -> None:
    register(NavItem("All", "web:gallery", "sun", "public"))
    register(NavItem("Search", "web:gallery_search", "sun", "public"))
    found = entries(RequestFactory().get("/_web/gallery/search/"), "public")
    assert [(entry.label, entry.is_current) for entry in found] == [("All", False), ("Search", True)]


def test_one_that_stands_alone_is_current_on_its_own_page_only() -> None:
    register(NavItem("All", "web:gallery", "sun", "public", alone=True))
    inside, own = RequestFactory().get("/_web/gallery/search/"), RequestFactory().get("/_web/gallery/")
    assert [[one.is_current for one in entries(request, "public")] for request in (inside, own)] == [
        [False],
        [True],
    ]


def test_of_all_sections_one_entry_is_current() -> None:
    register(NavItem("All", "web:gallery", "sun", "desk"))
    register(NavItem("Search", "web:gallery_search", "sun", "policy"))
    request = RequestFactory().get("/_web/gallery/search/")
    found = nearest_only({name: entries(request, name) for name in ("desk", "policy", "admin")})
    marked = {name: [entry.is_current for entry in shown] for name, shown in found.items()}
    assert marked == {"desk": [False], "policy": [True], "admin": []}


@pytest.mark.django_db
def test_badges_count_what_waits_in_one_query(django_assert_num_queries: Any) -> None:
    ContentType.objects.all().delete()
    for name in "abc":
        ContentType.objects.create(app_label="x", model=name)
    few, every, nothing = (
        ContentType.objects.filter(model="a"),
        ContentType.objects.all(),
        ContentType.objects.none(),
    )
    register(NavItem("Both", "web:gallery", "sun", "public", order=1, badge=lambda request: [few, every]))
    register(NavItem("None", "web:gallery_search", "sun", "public", order=2, badge=lambda request: [nothing]))
    register(NavItem("Unasked", "web:gallery_request", "sun", "public", order=3, badge=lambda request: []))
    with django_assert_num_queries(1):
        found = entries(RequestFactory().get("/"), "public")
    assert [entry.badge for entry in found] == ["4", "", ""]


@pytest.mark.django_db
def test_a_badge_is_written_once_for_a_reader_and_counted_anew_each_time() -> None:
    ContentType.objects.all().delete()
    written: list[Any] = []

    def waiting(request: Any) -> list[Any]:
        written.append(request.place.pk)
        return [ContentType.objects.filter(app_label=request.place.pk)]

    def badge_at(place: str) -> str:
        request: Any = RequestFactory().get("/")
        request.place = SimpleNamespace(pk=place)
        return entries(request, "public")[0].badge

    register(NavItem("Waiting", "web:gallery", "sun", "public", badge=waiting))
    counts = [badge_at("here")]
    ContentType.objects.create(app_label="here", model="a")
    counts += [badge_at("here"), badge_at("there"), badge_at("here")]
    assert counts == ["", "1", "", "1"]
    assert written == ["here", "there"]


def test_a_section_lays_its_entries_in_drawers_and_opens_that_of_the_page() -> None:
    register(NavItem("Today", "web:gallery", "sun", "location", order=1))
    register(NavItem("Visits", "web:gallery_search", "sun", "location", order=2, group="talking"))
    register(NavItem("Capacity", "web:gallery_request", "sun", "location", order=3, group="place"))
    section = rail_section("location", entries(RequestFactory().get("/_web/gallery/search/"), "location"))
    assert [entry.label for entry in section.entries] == ["Today"]
    assert [([entry.label for entry in one.entries], one.is_open) for one in section.drawers] == [
        (["Visits"], True),
        (["Capacity"], False),
    ]
    assert section.current is not None and section.current.label == "Visits"


def test_a_drawer_says_how_much_waits_in_it() -> None:
    shown = [
        Entry("a", "/a", "sun", "4", False, "talking"),
        Entry("b", "/b", "sun", "", False, "talking"),
        Entry("c", "/c", "sun", "3", False, "talking"),
        Entry("d", "/d", "sun", "", False, "place"),
    ]
    section = rail_section("location", shown)
    assert [drawer.badge for drawer in section.drawers] == ["7", ""]
    assert section.waiting == "7"


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(ValueError, match="no such group"):
        register(NavItem("X", "web:gallery", "sun", "location", group="nowhere"))
