import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from kribbe.contact import outbox
from kribbe.contact.models import Mail, Notice
from kribbe.contact.services import tell_household
from kribbe.people import middleware
from kribbe.people.models import Household
from kribbe.people.services import grant_role, link_user, make_account
from kribbe.testing.cast import make_household
from kribbe.testing.clock import Clock
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _factor_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "has_second_factor", lambda _request: True)


def tell(household: Household, clock: Clock) -> Notice:
    return tell_household(
        household_id=household.pk, kind="testing/place_offered", context={"child": "Noor"}, now=clock.now
    )


def parent(household: Household, email: str, clock: Clock) -> Client:
    user = make_account(email=email, name="An")
    link_user(household=household, user=user, principal=SYSTEM, now=clock.now)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def cleo(household: Household, clock: Clock) -> Client:
    user = make_account(email="cleo@desk.example", name="Cleo")
    grant_role(
        user=user,
        role=Role.CLERK,
        scope=Scope.DESK,
        scope_id=household.desk_id,
        principal=SYSTEM,
        now=clock.now,
    )
    client = Client()
    client.force_login(user)
    return client


def test_a_parent_reads_messages_and_the_count_goes_down(household: Household, clock: Clock) -> None:
    notice = tell(household, clock)
    an = parent(household, "an.maes@example.org", clock)
    listed = an.get(reverse("contact:messages")).content.decode()
    assert notice.subject in listed
    assert '<span class="badge">1</span>' in listed
    read = an.get(reverse("contact:message", args=[notice.reference])).content.decode()
    assert "&lt;Noor&gt;" in read
    assert '<span class="badge">1</span>' not in an.get(reverse("contact:messages")).content.decode()
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_message_of_another_family_is_not_there(household: Household, clock: Clock) -> None:
    notice = tell(household, clock)
    other = make_household(household.desk, "Peeters", now=clock.now)
    eve = parent(other, "eve@example.org", clock)
    assert eve.get(reverse("contact:message", args=[notice.reference])).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_letters_are_printed_posted_and_taken_back(household: Household, clock: Clock, cleo: Client) -> None:
    household.adults.update(email="")
    notice = tell(household, clock)
    place = ["lindedaal", notice.reference]
    letters = reverse("contact:letters", args=["lindedaal"])
    assert [row.notice for row in cleo.get(letters).context["to_post"]] == [notice]
    printed = cleo.get(reverse("contact:letter", args=place)).content.decode()
    assert "An Maes" in printed
    assert "Dorpsstraat 5" in printed
    assert AuditEntry.objects.filter(action="household.read", household_id=household.pk).exists()
    assert cleo.post(reverse("contact:post_letter", args=place)).url == letters
    shown = cleo.get(letters).context
    assert (list(shown["to_post"]), [row.notice for row in shown["posted"]]) == ([], [notice])
    cleo.post(reverse("contact:undo_post", args=place))
    assert [row.notice for row in cleo.get(letters).context["to_post"]] == [notice]


def test_a_parent_finds_no_letters(household: Household, clock: Clock) -> None:
    an = parent(household, "an.maes@example.org", clock)
    assert an.get(reverse("contact:letters", args=["lindedaal"])).status_code == 404


@pytest.mark.parametrize("count", [2, 9])
def test_lists_cost_the_same_at_any_size(
    household: Household,
    clock: Clock,
    cleo: Client,
    django_assert_max_num_queries: object,
    count: int,
) -> None:
    household.adults.update(email="")
    for _ in range(count):
        tell(household, clock)
    cleo.get(reverse("contact:letters", args=["lindedaal"]))
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        cleo.get(reverse("contact:letters", args=["lindedaal"]))


def test_the_mailbox_is_there_in_the_demo_alone(client: Client, clock: Clock, settings: Settings) -> None:
    mail: Mail = outbox.put(
        address="an@example.org",
        subject="Je code",
        body="Code: ABC-DEF\nhttp://localhost:8000/my/offers/X/",
        message_id="<1@localhost>",
        now=clock.now,
    )
    addresses = [reverse("contact:mailbox"), reverse("contact:mail", args=[mail.pk])]
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    settings.DEMO = True
    assert "Je code" in client.get(addresses[0]).content.decode()
    opened = client.get(addresses[1]).content.decode()
    assert 'href="http://localhost:8000/my/offers/X/"' in opened
    assert "ABC-DEF" in opened
