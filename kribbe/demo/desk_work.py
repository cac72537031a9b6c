"""What the clerk of the demo has to do: tasks, notes, questions, a suspended licence, and a referrer's families."""

from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from kribbe.contact.models import Channel, Note, Question, QuestionLanguage, QuestionSubject, Task
from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.tables import Table, table
from kribbe.enrolment.models import CareRequest, Preference, PreferenceState, RequestState
from kribbe.people.models import Adult, Consent, Consented, Household, ReferrerOrganisation, RoleGrant, User
from kribbe.places.models import Kind, LicenceState, Location
from kribbe.region.models import Desk
from kribbe.trust.principal import Role, Scope

FAMILIES = 4
QUESTION_DAYS = 200


def give_work(book: Book, desk: Desk, clerk: User, referrer: User) -> None:
    """Fill the first page of the desk's clerk."""
    chance, texts = Chance("desk work"), table("desk_work")
    families = chance.shuffled(_families(book, desk))
    _tasks(book, desk, clerk, families, texts["tasks"])
    _notes(book, desk, clerk, families, texts["notes"])
    _questions(book, desk, clerk, chance, texts)
    _suspend(book, desk)
    _refer(book, desk, clerk, referrer, families[-FAMILIES:], texts["referrer"])


def _families(book: Book, desk: Desk) -> list[Household]:
    """Families of the desk that still ask and get letters, whom a clerk knows best."""
    asking = {each.household_id for each in book.rows(CareRequest) if each.state == RequestState.OPEN}
    paper = {each.household_id for each in book.rows(Adult) if each.is_applicant and not each.email}
    return [
        each
        for each in book.rows(Household)
        if each.desk_id == desk.pk and each.pk in asking and each.pk in paper
    ]


def _tasks(
    book: Book, desk: Desk, clerk: User, families: list[Household], texts: list[dict[str, int | str]]
) -> None:
    for row, household in zip(texts, families, strict=False):
        book.add(
            Task(
                desk=desk,
                text=row["text"],
                due=book.today + timedelta(days=int(row["days"])),
                assignee=clerk if row["mine"] else None,
                household=household,
                made_at=book.now - timedelta(days=5),
                made_by=clerk,
            )
        )


def _notes(book: Book, desk: Desk, clerk: User, families: list[Household], texts: list[str]) -> None:
    for text, household in zip(texts, families, strict=False):
        book.add(
            Note(
                desk=desk,
                household=household,
                text=text,
                written_at=book.now - timedelta(days=12),
                written_by=clerk,
            )
        )


def _questions(book: Book, desk: Desk, clerk: User, chance: Chance, texts: Table) -> None:
    subjects = [
        book.add(QuestionSubject(desk=desk, name=name, position=place))
        for place, name in enumerate(texts["subjects"], 1)
    ]
    for day in range(1, QUESTION_DAYS):
        for _ in range(day % 3):
            book.add(
                Question(
                    desk=desk,
                    subject=chance.pick(subjects),
                    channel=chance.pick(Channel.values),
                    language=chance.weighted(QuestionLanguage.values, [70, 10, 15, 2, 3]),
                    referred_to=chance.weighted(["", *texts["referred"]], [80, 10, 10]),
                    asked_at=book.now - timedelta(days=day, hours=-5),
                    noted_by=clerk.pk,
                )
            )


def _suspend(book: Book, desk: Desk) -> None:
    """The family carer of the desk for whom fewest wait loses the licence for a while."""
    waiting = [each.location_id for each in book.rows(Preference) if each.state == PreferenceState.WAITING]
    carers = [
        each
        for each in book.rows(Location)
        if each.desk_id == desk.pk
        and each.kind == Kind.FAMILY
        and each.licence_state == LicenceState.LICENSED
        and each.pk in waiting
        and not each.email.endswith("demo.example")
    ]
    stopped = min(carers, key=lambda each: (waiting.count(each.pk), each.pk))
    stopped.licence_state, stopped.licence_checked_on = LicenceState.SUSPENDED, book.today


def _refer(
    book: Book, desk: Desk, clerk: User, referrer: User, families: list[Household], organisation_name: str
) -> None:
    organisation = book.add(ReferrerOrganisation(desk=desk, name=organisation_name, phone="016 55 01 20"))
    book.add(
        RoleGrant(
            user=referrer,
            role=Role.REFERRER.value,
            scope=Scope.REFERRER.value,
            scope_id=organisation.pk,
            granted_at=book.now,
        )
    )
    for household in families:
        book.add(
            Consent(
                household=household,
                organisation=organisation,
                what=[Consented.REGISTER.value, Consented.ANSWER.value],
                during=DateRange(book.today - timedelta(days=20), book.today + timedelta(days=160)),
                on_paper=True,
                given_at=book.now - timedelta(days=20),
                given_by=clerk.pk,
            )
        )
