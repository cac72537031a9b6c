"""Conversations: who is in them, what the others are told, and that words stay."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404
from django.urls import reverse

from kribbe.contact.access import Seat, thread_at
from kribbe.contact.models import ContactPolicy, Letter, Mail, Notice, Post, Side, Thread
from kribbe.contact.services import threads as services
from kribbe.contact.tests.scene import Scene, choose, set_scene
from kribbe.people.models import Household
from kribbe.testing.cast import make_household
from kribbe.testing.clock import Clock
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return set_scene(clock)


def ask(scene: Scene, clock: Clock, text: str = "Mag Noor haar knuffel meebrengen?", **more: Any) -> Thread:
    return services.start_thread(
        seat=scene.home,
        principal=scene.an,
        location=more.pop("location", scene.location),
        subject=more.pop("subject", "Een vraag"),
        text=text,
        now=clock.now,
        **more,
    )


def test_a_family_asks_and_the_location_is_told_without_the_words(scene: Scene, clock: Clock) -> None:
    thread = ask(scene, clock)
    notice = Notice.objects.get(household=None, location_id=scene.location.pk)
    assert notice.subject == "Een bericht van An"
    assert "knuffel" not in notice.body
    assert reverse("contact:location_thread", args=[scene.location.slug, thread.reference]) in notice.body
    assert Mail.objects.get().address == "bea@example.org"


def test_a_desk_may_let_the_words_go_along_in_the_mail(scene: Scene, clock: Clock) -> None:
    ContactPolicy.objects.create(desk=scene.desk, post_text_in_mail=True)
    ask(scene, clock)
    assert "“Mag Noor haar knuffel meebrengen?”" in Mail.objects.get().body


def test_a_family_without_mail_gets_the_words_on_paper(scene: Scene, clock: Clock) -> None:
    scene.maes.adults.update(email="")
    thread = ask(scene, clock)
    services.answer(seat=scene.nursery, thread=thread, principal=scene.bea, text="Zeker!", now=clock.now)
    assert "“Zeker!”" in Letter.objects.get().notice.body


def test_a_location_writes_only_to_families_that_chose_it(scene: Scene, clock: Clock) -> None:
    def write(household: Household) -> Thread:
        return services.start_thread(
            seat=scene.nursery,
            principal=scene.bea,
            household=household,
            subject="Dag",
            text="Welkom",
            now=clock.now,
        )

    with pytest.raises(RefusedError):
        write(scene.peeters)
    assert write(scene.maes).posts.get().author_name == "De Notelaar (Bea)"
    with pytest.raises(RefusedError):
        ask(scene, clock, location=scene.elsewhere)


def test_the_tie_that_ends_closes_the_conversation(scene: Scene, clock: Clock) -> None:
    thread = ask(scene, clock)
    scene.maes.requests.get().preferences.update(state="withdrawn", rank=None)
    with pytest.raises(RefusedError) as refused:
        services.answer(seat=scene.nursery, thread=thread, principal=scene.bea, text="?", now=clock.now)
    assert refused.value.code == "not_linked"


def test_each_side_sees_its_own_conversations_alone(scene: Scene, clock: Clock) -> None:
    thread = ask(scene, clock)
    strangers = [
        Seat(Side.HOUSEHOLD, scene.desk, household=scene.peeters),
        Seat(Side.LOCATION, scene.desk, location=scene.elsewhere),
        scene.office,
    ]
    for seat in strangers:
        with pytest.raises(Http404):
            thread_at(seat, thread.reference)
    services.ask_desk(thread=thread, principal=scene.an, now=clock.now)
    assert thread_at(scene.office, thread.reference) == thread


def test_words_never_change_and_are_withdrawn_once(scene: Scene, clock: Clock) -> None:
    post = ask(scene, clock).posts.get()
    for change in (
        lambda: Post.objects.filter(pk=post.pk).update(text="Iets anders"),
        lambda: Post.objects.filter(pk=post.pk).update(at=clock.advance(days=1)),
        lambda: Post.objects.filter(pk=post.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    services.withdraw(post=post, principal=scene.an, now=clock.now)
    services.withdraw(post=post, principal=scene.an, now=clock.advance(hours=1))
    with pytest.raises(DatabaseError), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(withdrawn_at=None)
    shown = scene.client(scene.bea).get(
        reverse("contact:location_thread", args=[scene.location.slug, post.thread.reference])
    )
    assert "Ingetrokken" in shown.content.decode()
    assert "knuffel" not in shown.content.decode()


def test_nobody_withdraws_what_another_side_said(scene: Scene, clock: Clock) -> None:
    thread = ask(scene, clock)
    post = thread.posts.get()
    address = reverse("contact:location_withdraw_post", args=[scene.location.slug, thread.reference, post.pk])
    assert scene.client(scene.bea).post(address).status_code == 404


def test_one_person_cannot_flood(scene: Scene, clock: Clock) -> None:
    thread = ask(scene, clock)
    for _ in range(services.MOST_AN_HOUR - 1):
        services.answer(seat=scene.home, thread=thread, principal=scene.an, text="Hallo?", now=clock.now)
    with pytest.raises(RefusedError) as refused:
        services.answer(seat=scene.home, thread=thread, principal=scene.an, text="Hallo?", now=clock.now)
    assert refused.value.code == "often"
    later = clock.advance(hours=1, minutes=1)
    assert services.answer(seat=scene.home, thread=thread, principal=scene.an, text="Hallo?", now=later)


def test_a_question_and_its_answer_over_the_pages(scene: Scene, clock: Clock) -> None:
    an, bea = scene.client(scene.an), scene.client(scene.bea)
    form = an.get(reverse("contact:new_thread")).content.decode()
    assert "De Notelaar" in form
    assert "Elders" not in form
    typed = {"to": scene.location.slug, "subject": "Slaapzak", "text": "Brengen we er een mee?"}
    sent = an.post(reverse("contact:new_thread"), typed)
    reference = sent.url.rstrip("/").split("/")[-1]
    inbox = bea.get(reverse("contact:location_threads", args=[scene.location.slug])).content.decode()
    assert "Gezin M." in inbox
    assert "Maes" not in inbox
    assert '<span class="badge">1</span>' in inbox
    there = reverse("contact:location_thread", args=[scene.location.slug, reference])
    assert "Brengen we er een mee?" in bea.get(there).content.decode()
    assert AuditEntry.objects.filter(action="thread.read", household_id=scene.maes.pk).exists()
    bea.post(there, {"text": "Dat is niet nodig."})
    mine = an.get(reverse("contact:threads")).content.decode()
    assert "Dat is niet nodig." in mine
    assert '<span class="badge">1</span>' in mine
    an.get(reverse("contact:thread", args=[reference]))
    assert '<span class="badge">1</span>' not in an.get(reverse("contact:threads")).content.decode()
    assert not Notice.objects.filter(household=scene.maes, read_at=None).exists()


def test_a_parent_finds_words_in_their_own_conversations(scene: Scene, clock: Clock) -> None:
    ask(scene, clock, subject="Knuffel")
    ask(scene, clock, subject="Parkeren", text="Waar kan ik parkeren?")
    an = scene.client(scene.an)

    def found(words: str) -> list[str]:
        rows = an.get(reverse("contact:threads"), {"q": words}).context["rows"]
        return [row["subject"] for row in rows]

    assert found("parkeren") == ["Parkeren"]
    assert found("waar kan") == ["Parkeren"]
    assert found("niets") == []


def test_the_desk_writes_to_a_family_and_a_location(scene: Scene, clock: Clock) -> None:
    cleo = scene.client(scene.cleo)
    new = reverse("contact:office_new_thread", args=["lindedaal"])
    typed = {"subject": "Inkomen", "text": "Kan je ons bellen?"}
    cleo.post(f"{new}?household={scene.maes.reference}", typed | {"to": "family"})
    cleo.post(f"{new}?location={scene.location.slug}", typed | {"to": "location"})
    ours = Thread.objects.order_by("pk")
    assert [(each.household, each.location, each.with_desk) for each in ours] == [
        (scene.maes, None, True),
        (None, scene.location, True),
    ]
    elsewhere = make_household(scene.elsewhere.desk, "X", now=clock.now)
    elsewhere.delete()
    assert cleo.get(f"{new}?household={elsewhere.reference}").status_code == 404


def test_a_location_finds_no_stranger_to_write_to(scene: Scene) -> None:
    new = reverse("contact:location_new_thread", args=[scene.location.slug])
    bea = scene.client(scene.bea)
    assert bea.get(f"{new}?household={scene.peeters.reference}").status_code == 404
    assert bea.get(f"{new}?household={scene.maes.reference}").status_code == 200


def test_pages_of_conversations_turn_by_key(scene: Scene, clock: Clock) -> None:
    for number in range(23):
        Thread.objects.create(
            desk=scene.desk,
            household=scene.maes,
            with_desk=True,
            subject=f"Vraag {number}",
            started_at=clock.now,
            last_at=clock.now,
        )
    an = scene.client(scene.an)
    first = an.get(reverse("contact:threads")).context
    second = an.get(reverse("contact:threads") + first["next_url"]).context
    subjects = [row["subject"] for row in [*first["rows"], *second["rows"]]]
    assert subjects == [f"Vraag {number}" for number in reversed(range(23))]
    back = an.get(reverse("contact:threads") + second["previous_url"]).context
    assert [row["subject"] for row in back["rows"]] == subjects[:20]


@pytest.mark.parametrize("count", [2, 9])
def test_lists_cost_the_same_at_any_size(
    scene: Scene, clock: Clock, django_assert_max_num_queries: Any, count: int
) -> None:
    for number in range(count):
        other = make_household(scene.desk, f"Gezin {number}", now=clock.now)
        choose(other, scene.location, clock)
        services.start_thread(
            seat=scene.nursery,
            principal=scene.bea,
            household=other,
            subject="Dag",
            text="Welkom",
            now=clock.now,
        )
    bea = scene.client(scene.bea)
    with django_assert_max_num_queries(16):
        bea.get(reverse("contact:location_threads", args=[scene.location.slug]))
