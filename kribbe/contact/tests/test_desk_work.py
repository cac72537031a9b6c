"""Tasks, notes and questions of a desk: kept, done with undo, counted, and never another desk's."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.desk_selectors import open_tasks, questions_by_month, tasks_for
from kribbe.contact.desk_services import add_task, mark_rows, unmark_rows, write_note
from kribbe.contact.models import ListMark, Note, Question, Task
from kribbe.testing import cast
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def household(desk):
    return cast.make_household(desk, "Maes", now=timezone.now())


def clerk_of(client, desk, name="an"):
    user = cast.make_user(
        f"{name}@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=timezone.now()
    )
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return log_in(client, user, second_factor=True), user


@pytest.fixture
def clerk(client, desk):
    return clerk_of(client, desk)[0]


def principal(desk, user_id=None):
    return cast.acting(Role.CLERK, Scope.DESK, desk.pk, user_id=user_id)


def page(clerk, desk, name, *args):
    return reverse(f"contact:{name}", args=[desk.slug, *args])


def test_a_task_about_a_family_is_kept_done_and_undone(desk, household, clerk):
    due = timezone.localdate() - timedelta(days=1)
    address = f"{page(clerk, desk, 'new_task')}?household={household.reference}"
    sent = clerk.post(address, {"text": "Bel mevrouw Maes terug", "due": f"{due}", "assignee": ""})
    story = reverse("enrolment:household", args=[desk.slug, household.reference])
    assert sent.url == story
    task = Task.objects.get()
    assert (task.household, task.due, task.assignee) == (household, due, None)
    for shown in (story, reverse("enrolment:office", args=[desk.slug]), page(clerk, desk, "tasks")):
        text = clerk.get(shown).text
        assert "Bel mevrouw Maes terug" in text
        assert "Overdue" in text
    clerk.post(page(clerk, desk, "task_done", task.pk), {"back": story})
    assert "Done: Bel mevrouw Maes terug" in clerk.get(story).text
    assert "Bel mevrouw Maes terug" not in clerk.get(page(clerk, desk, "tasks")).text
    assert "Bel mevrouw Maes terug" in clerk.get(page(clerk, desk, "tasks") + "?which=done").text
    clerk.post(page(clerk, desk, "task_undo", task.pk))
    assert list(open_tasks(desk)) == [task]
    actions = list(AuditEntry.objects.filter(action__startswith="task").order_by("pk").values_list("action"))
    assert actions == [("task.add",), ("task.done",), ("task.reopen",)]


def test_my_tasks_are_mine_and_the_desks(client, desk):
    _clerk, me = clerk_of(client, desk)
    _other, colleague = clerk_of(client, desk, "bob")
    made = {
        who: add_task(
            desk=desk,
            text=who,
            due=timezone.localdate(),
            assignee_id=key,
            principal=principal(desk),
            now=timezone.now(),
        )
        for who, key in (("mine", me.pk), ("desk", None), ("theirs", colleague.pk))
    }
    assert set(tasks_for(desk, me.pk)) == {made["mine"], made["desk"]}


def test_a_task_for_somebody_who_isnt_a_clerk_here_is_refused(desk, clerk):
    stranger = cast.make_user(
        "x@elders.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk + 1, now=timezone.now()
    )
    sent = clerk.post(
        page(clerk, desk, "new_task"),
        {"text": "Bel", "due": f"{timezone.localdate()}", "assignee": stranger.pk},
    )
    assert sent.status_code == 422
    assert not Task.objects.exists()


def test_a_note_is_for_the_desk_alone_and_can_be_put_back(desk, household, clerk):
    address = f"{page(clerk, desk, 'new_note')}?household={household.reference}"
    assert "Write nothing about health" in clerk.get(address).text
    clerk.post(address, {"text": "Belt liever na vier uur"})
    note = Note.objects.get()
    story = reverse("enrolment:household", args=[desk.slug, household.reference])
    assert "Belt liever na vier uur" in clerk.get(story).text
    parent = cast.make_user(
        "maes@ouders.example",
        role=Role.PARENT,
        scope=Scope.HOUSEHOLD,
        scope_id=household.pk,
        now=timezone.now(),
    )
    own = log_in(type(clerk)(), parent, second_factor=False)
    assert "Belt liever" not in own.get(reverse("people:my_data")).text
    removed = clerk.post(page(clerk, desk, "note_remove", note.pk), {"back": story})
    assert "put it back" in removed.text
    assert "Belt liever" not in clerk.get(story).text
    clerk.post(page(clerk, desk, "note_restore", note.pk))
    assert "Belt liever" in clerk.get(story).text


def test_a_note_is_about_one_thing(desk, household):
    with pytest.raises(IntegrityError), transaction.atomic():
        write_note(desk=desk, text="?", principal=principal(desk), now=timezone.now())


def test_another_desks_family_takes_no_note(desk, clerk):
    other = cast.make_household(cast.make_desk("elders", nis="99002"), "Elders", now=timezone.now())
    for name in ("new_note", "new_task"):
        address = f"{page(clerk, desk, name)}?household={other.reference}"
        assert clerk.get(address).status_code == 404


def test_the_way_back_stays_on_this_site(desk, household, clerk):
    task = Task.objects.create(desk=desk, text="Bel", due=timezone.localdate(), made_at=timezone.now())
    for bad in ("https://elders.example/", "//elders.example/", "elders"):
        sent = clerk.post(page(clerk, desk, "task_done", task.pk), {"back": bad})
        assert sent.url == page(clerk, desk, "tasks")


def test_a_question_is_counted_in_two_choices(desk, clerk):
    address = page(clerk, desk, "questions")
    assert "Begin with the usual list" in clerk.get(address).text
    clerk.post(page(clerk, desk, "question_subjects"), {"usual": "1"})
    subject = desk.question_subjects.get(position=1)
    sent = clerk.post(address, {"subject": subject.pk, "channel": "phone", "language": "nl"})
    assert Question.objects.get().referred_to == ""
    shown = clerk.get(sent.url)
    assert "Counted: " in shown.text
    clerk.post(address, {"subject": subject.pk, "channel": "mail", "language": "fr", "referred_to": "OCMW"})
    counts = questions_by_month(
        [desk.pk], since=timezone.now() - timedelta(days=1), until=timezone.now() + timedelta(days=1)
    )
    assert [(one.channel, one.language, one.answered, one.referred) for one in counts] == [
        ("mail", "fr", 0, 1),
        ("phone", "nl", 1, 0),
    ]
    file = clerk.get(address, {"download": "csv"}).content.decode("utf-8-sig").splitlines()
    assert file[0] == "Month;Subject;How;Language;Answered;Referred"
    assert len(file) == 3
    clerk.post(page(clerk, desk, "question_drop", Question.objects.latest("pk").pk))
    assert Question.objects.count() == 1


def test_a_subject_comes_and_goes(desk, clerk):
    address = page(clerk, desk, "question_subjects")
    clerk.post(address, {"name": "Speelplein"})
    assert clerk.post(address, {"name": "Speelplein"}).status_code == 422
    subject = desk.question_subjects.get()
    clerk.post(address, {"retire": subject.pk})
    assert "Speelplein" not in clerk.get(address).text
    clerk.post(address, {"name": "Speelplein"})
    assert desk.question_subjects.get().active


def test_rows_of_a_list_are_marked_once_and_unmarked(desk):
    act = {"desk": desk, "name": "licence", "principal": principal(desk), "now": timezone.now()}
    assert mark_rows(rows=["1", "2", "2"], **act) == 2
    assert mark_rows(rows=["2", "3"], **act) == 1
    assert unmark_rows(rows=["1", "9"], **act) == 1
    assert set(ListMark.objects.values_list("row", flat=True)) == {"2", "3"}


def test_the_queries_of_tasks_dont_grow(desk, household, clerk):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            clerk.get(page(clerk, desk, "tasks"))
        return len(captured)

    def task():
        add_task(
            desk=desk,
            text="Bel",
            due=timezone.localdate(),
            household=household,
            principal=principal(desk),
            now=timezone.now(),
        )

    task()
    queries()
    few = queries()
    for _ in range(5):
        task()
    assert queries() == few <= 20
