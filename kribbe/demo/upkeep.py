"""What makes a list untrue: registrations made twice, questions, complaints, an invitation, a first day missed."""

from collections import Counter, defaultdict
from copy import copy
from datetime import timedelta

from kribbe.demo.book import Book
from kribbe.demo.tables import table
from kribbe.enrolment.models import (
    CareRequest,
    Placement,
    PlacementState,
    Preference,
    PreferenceState,
    RequestState,
)
from kribbe.people.models import Adult, Child, Household, RoleGrant
from kribbe.region.models import Desk
from kribbe.rules.upkeep import Ask
from kribbe.trust.principal import Role
from kribbe.trust.text import sort_key
from kribbe.upkeep.models import (
    Complaint,
    ComplaintKind,
    ComplaintState,
    Confirmation,
    FirstDay,
    FirstDayState,
    Invitation,
    Outcome,
)

TWICE = 4
QUESTIONS = 6
PARENTS = 2
ASKED_AGO = timedelta(days=18)
SLIPS = (("c", "k"), ("oo", "o"), ("ie", "y"), ("tt", "t"), ("l", "ll"), ("a", "aa"))


class Upkeep:
    """The families of one desk whose rows a clerk has to look at."""

    def __init__(self, book: Book, desk: Desk) -> None:
        self.book, self.desk = book, desk
        self.texts = table("upkeep")
        self.staff = {grant.role: grant.user_id for grant in reversed(book.rows(RoleGrant))}
        self.adults: dict[int, list[Adult]] = defaultdict(list)
        for adult in book.rows(Adult):
            self.adults[adult.household_id].append(adult)
        self.wishes: dict[int, list[Preference]] = defaultdict(list)
        for wish in book.rows(Preference):
            self.wishes[wish.request_id].append(wish)
        self.parents = [grant.scope_id for grant in book.rows(RoleGrant) if grant.role == Role.PARENT]
        self.open = [
            each
            for each in book.rows(CareRequest)
            if each.desk_id == desk.pk and each.state == RequestState.OPEN
        ]

    def tell(self) -> list[int]:
        """Add all rows. Returns the children that were registered twice, to be compared."""
        self._questions()
        self._complaints()
        self._invitation()
        self._first_day()
        return self._twice()

    def _twice(self) -> list[int]:
        elsewhere = next(
            each for each in self.book.rows(Household) if each.desk.region_id == self.desk.region_id
            and each.desk_id != self.desk.pk
        )  # fmt: skip
        found = self._of_two_parents()[:TWICE]
        homes = [None, None, elsewhere, None]
        return [
            key
            for number, (request, home) in enumerate(zip(found, homes, strict=True))
            for key in (request.child_id, self._again(request, home, slip=number % 2 == 1))
        ]

    def _of_two_parents(self) -> list[CareRequest]:
        """Requests for an only child with a name, of two parents with mail, made some time ago."""
        children = Counter(child.household_id for child in self.book.rows(Child))
        return [
            each
            for each in self.open
            if each.child.born
            and each.child.first_name
            and each.household_id not in self.parents
            and children[each.household_id] == 1
            and sum(bool(adult.email) for adult in self.adults[each.household_id]) == PARENTS
            and each.registered_at < self.book.now - ASKED_AGO
        ]

    def _again(self, request: CareRequest, home: Household | None, *, slip: bool) -> int:
        """The other parent registers the child again some days ago, at the desk of `home`. Returns the child."""
        then = self.book.now - timedelta(days=9, hours=-4)
        where = home or request.household
        household = copy(where)
        household.reference, household.created_at = self.book.reference(), then
        self.book.add(household)
        for known in reversed(self.adults[request.household_id]):
            adult = copy(known)
            adult.household, adult.is_applicant = household, not known.is_applicant
            if slip:
                adult.email, adult.phone = f"prive.{known.email}", ""
            self.book.add(adult)
        child = copy(request.child)
        child.household = household
        if slip:
            child.first_name = misspelled(child.first_name)
            child.name_key = sort_key(child.last_name, child.first_name)
        self.book.add(child)
        made = copy(request)
        made.reference, made.registered_at, made.registered_by = self.book.reference(), then, None
        made.desk, made.household, made.child = where.desk, household, child
        self.book.add(made)
        for rank, known_wish in enumerate(self.wishes[request.pk][:2], 1):
            self.book.add(
                Preference(
                    request=made,
                    location=known_wish.location,
                    rank=rank,
                    registered_at=then,
                    state_at=then,
                    open_pattern=made.pattern,
                )
            )
        return child.pk

    def _questions(self) -> None:
        """Do they still need a place? Families without mail got a letter, some others a mail."""
        has_mail = {
            each.pk: any(adult.email for adult in self.adults[each.household_id]) for each in self.open
        }
        first = sorted(self.open, key=lambda each: (has_mail[each.pk], each.registered_at))
        for number, request in enumerate(first[:QUESTIONS]):
            self.book.add(
                Confirmation(
                    request=request,
                    ask=Ask.PERIOD.value,
                    asked_at=self.book.now - ASKED_AGO - timedelta(days=number),
                    answer_by=self.book.today + timedelta(days=12 - number),
                    by_letter=not has_mail[request.pk],
                )
            )

    def _complaints(self) -> None:
        """One of a refused family waits; the one of the parent who logs in was answered."""
        refused = next(
            wish
            for each in self.open
            for wish in self.wishes[each.pk]
            if wish.state == PreferenceState.REFUSED and each.household_id not in self.parents
        )
        self.book.add(self._complaint(refused, ComplaintKind.REFUSAL, "waiting", days=6))
        mine = next(
            wish
            for each in self.open
            for wish in self.wishes[each.pk]
            if each.household_id in self.parents and wish.state == PreferenceState.WAITING
        )
        answered = self._complaint(mine, ComplaintKind.POSITION, "answered", days=24)
        answered.state, answered.outcome = ComplaintState.ANSWERED, Outcome.WRONG
        answered.answer = self.texts["answer"]
        answered.closed_at = self.book.now - timedelta(days=11, hours=-5)
        answered.taken_by = answered.closed_by = self.staff[Role.CLERK]
        self.book.add(answered)

    def _complaint(self, wish: Preference, kind: ComplaintKind, text: str, *, days: int) -> Complaint:
        return Complaint(
            reference=self.book.reference(),
            desk=self.desk,
            household=wish.request.household,
            request=wish.request,
            preference=wish,
            kind=kind,
            text=self.texts[text],
            made_at=self.book.now - timedelta(days=days, hours=-13),
            answer_by=self.book.today + timedelta(days=30 - days),
        )

    def _invitation(self) -> None:
        self.book.add(
            Invitation(
                household_id=self.parents[0],
                email=self.texts["invited"],
                made_at=self.book.now - timedelta(days=1),
                made_by=self.staff[Role.PARENT],
                good_until=self.book.now + timedelta(days=13),
            )
        )

    def _first_day(self) -> None:
        """The child of the desk that should have come last of all didn't."""
        placement = max(
            (
                each
                for each in self.book.rows(Placement)
                if each.state == PlacementState.FINAL
                and each.child.household.desk_id == self.desk.pk
                and each.child.household_id not in self.parents
                and each.during[0] < self.book.today
            ),
            key=lambda each: (each.during[0], each.pk),
        )
        self.book.add(
            FirstDay(
                placement=placement,
                day=placement.during[0],
                state=FirstDayState.ABSENT,
                asked_at=self.book.now - timedelta(days=1, hours=2),
                told_at=self.book.now - timedelta(days=1, hours=-3),
                told_by=self.staff[Role.MANAGER],
            )
        )


def misspelled(name: str) -> str:
    """The name with one slip of the pen, if it has a letter for that."""
    return next((name.replace(good, bad, 1) for good, bad in SLIPS if good in name), name)
