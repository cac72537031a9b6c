"""The main job, walked over HTTP on a demo that is being served: what `kribbe demo --check` does.

An invented family asks for Wednesdays at the crèche of the demo's manager, gets an offer, says yes and signs. Each
step is a function of a `Walk`; it fails by raising. Steps go in the order of `STEPS`, and a walk can be repeated:
every one has a family of its own.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from time import perf_counter
from urllib.parse import quote, urlencode, urlsplit

from django.core.exceptions import ObjectDoesNotExist
from django.utils.timezone import localdate

from kribbe.demo.logins import logins
from kribbe.demo.visitor import Page, StepError, Visitor
from kribbe.enrolment.models import Placement, PlacementState, Preference
from kribbe.places import ledger
from kribbe.places.models import LedgerTake
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.trust.references import new_reference

WEDNESDAY = ("4", "5")
ASKING = ("Kinderen voor wie een plaats gevraagd wordt", "Totaal")
CODE = re.compile(r"^\s*([0-9A-Z]{4}-[0-9A-Z]{4})\s*$", re.MULTILINE)


@dataclass
class Walk:
    """The state that one step leaves to the next."""

    base: str
    family: str = field(default_factory=lambda: f"Proef {new_reference()}")
    seen: dict[str, str] = field(default_factory=dict)
    """Addresses and numbers found on the way, by a name."""

    before: tuple[int, int] = (0, 0)
    """Children asking and needs answered, before the offer."""

    def __post_init__(self) -> None:
        self._visitors: dict[str, Visitor] = {}

    def wish(self) -> Preference:
        """The family's wish for the crèche."""
        reference = self.seen["request"].split("/")[3]
        return Preference.objects.get(request__reference=reference, location__slug=self.seen["slug"])

    def placement(self) -> Placement:
        """The family's placement, as it is now."""
        return Placement.objects.get(offer__preference=self.wish())

    @property
    def email(self) -> str:
        return f"{self.family.lower().replace(' ', '.')}@thuis.example"

    @property
    def start(self) -> date:
        """The first of the month after next: no location of Leuven is too early to answer then."""
        return add_months(first_of_month(localdate()), 2)

    def visitor(self, who: str = "") -> Visitor:
        """The one with this log-in (`who` of `logins.toml`), logged in at first use; the new family by default."""
        if who not in self._visitors:
            self._visitors[who] = Visitor(self.base)
            if who:
                self._visitors[who].log_in(next(login for login in logins() if login.who == who))
        return self._visitors[who]

    def counters(self) -> tuple[int, int]:
        """Children for whom a place is asked, and needs answered this year."""
        return self.counted(*ASKING), self.counted(f"Opvangvragen in {localdate().year}", "Beantwoord")

    def counted(self, figure: str, part: str) -> int:
        """One of the city's counters, as the clerk downloads them."""
        page = self.visitor("clerk").get("/office/leuven/figures/?download=csv").needs()
        for row in csv.reader(page.text.splitlines(), delimiter=";"):
            if row[:2] == [figure, part]:
                return int(row[3])
        raise StepError(f"the figures lack {figure}, {part}")


Step = tuple[str, Callable[[Walk], None]]


def visit(walk: Walk) -> None:
    """The front page, a search, and the crèche that the demo's manager runs."""
    walk.visitor().get("/").needs("Leuven")
    search = walk.visitor().get(
        f"/leuven/search/?address=Leuven&start={walk.start:%Y-%m}&pattern=4&pattern=5"
    )
    search.needs("<form").link("/leuven/locations/")
    page = walk.visitor("manager").get("/at/").needs()
    today = urlsplit(page.address).path
    walk.seen["at"] = "/".join((today if today != "/at/" else page.link("/at/")).split("/")[:3]) + "/"
    walk.seen["slug"] = walk.seen["at"].split("/")[2]
    walk.visitor().get(f"/leuven/locations/{walk.seen['slug']}/").needs("/leuven/request/")


def register(walk: Walk) -> None:
    """Four steps: the child, the days, the choices, the check."""
    parent = walk.visitor()
    child = parent.get(f"/leuven/request/?location={walk.seen['slug']}").needs()
    days = parent.send(
        child,
        child.form("last_name_0"),
        born_0="born",
        day_0=f"{add_months(walk.start, -8):%Y-%m-%d}",
        first_name_0="Noor",
        last_name_0=walk.family,
        street="Dorpsstraat 5",
        postcode="3000",
        city="Leuven",
        first_name="An",
        last_name=walk.family,
        email=walk.email,
        action="next",
    )
    choices = parent.send(
        _at(days, "/days/"),
        days.form("wanted_start"),
        pattern=list(WEDNESDAY),
        wanted_start=f"{walk.start:%Y-%m-%d}",
        latest_start=f"{add_months(walk.start, 3):%Y-%m-%d}",
        flexibility="exact",
        action="next",
    )
    review = parent.send(_at(choices, "/choices/"), choices.form("order"), action="next")
    sent = parent.send(
        _at(review, "/review/"),
        review.form("once"),
        fact_work="on",
        fact_single="on",
        declared="on",
        action="next",
    )
    _at(sent, "/sent/")


def log_in_by_code(walk: Walk) -> None:
    """The code comes by mail, which the demo shows on a page."""
    parent = walk.visitor()
    login = parent.get("/account/login/").needs()
    code_page = parent.send(login, login.form("email"), email=walk.email).needs()
    mail = parent.get(f"/demo/mail/?q={quote(walk.email)}").needs(walk.email)
    code = CODE.search(_plain(parent.get(mail.link("/demo/mail/")).needs(walk.email)))
    if code is None:
        raise StepError("the newest mail has no code")
    parent.send(code_page, code_page.form("code"), code=code.group(1))
    mine = parent.get("/my/").needs("Noor", walk.family)
    walk.seen["request"] = urlsplit(mine.link("/my/requests/")).path
    walk.before = walk.counters()


def offer(walk: Walk) -> None:
    """The manager sees the child in line, and offers what was asked, with a reason for whom is passed over."""
    manager, wish = walk.visitor("manager"), walk.wish()
    line = manager.get(f"{walk.seen['at']}waiting-list/{wish.pk}/").needs("Noor P.")
    page = manager.get(line.link(f"/waiting-list/{wish.pk}/offer/")).needs()
    reasons = re.search(r'name="reason-all">.*?<option value="([^"]+)"', page.text)
    sent = manager.send(
        page,
        page.form("once", "start"),
        start=f"{walk.start:%Y-%m-%d}",
        pattern=list(WEDNESDAY),
        **({"reason-all": reasons.group(1)} if reasons else {}),
    )
    if reasons is None and (found := re.search(r'name="reason-all">.*?<option value="([^"]+)"', sent.text)):
        sent = manager.send(sent, sent.form("once", "start"), **{"reason-all": found.group(1)})
    made = wish.offers.first()
    if made is None:
        raise StepError(f"no offer was made: {sent.address} answered {sent.status}")
    walk.seen["offer"] = f"/my/offers/{made.reference}/"
    manager.get(f"{walk.seen['at']}offers/").needs("Noor P.")


def accept(walk: Walk) -> None:
    """The parent says yes; the half-days are held for the place now."""
    parent = walk.visitor()
    page = parent.get(walk.seen["offer"]).needs()
    parent.send(page, page.form("once"), answer="stop")
    walk.seen["placement"] = f"/my/placements/{walk.placement().reference}/"


def sign(walk: Walk) -> None:
    """The parent signs; where a deposit is asked the manager notes that it came. Then the place is certain."""
    parent, manager = walk.visitor(), walk.visitor("manager")
    page = parent.get(walk.seen["placement"]).needs()
    parent.send(page, page.form("name"), name=f"An {walk.family}", agreed="on")
    if walk.placement().deposit_asked:
        offers = manager.get(f"{walk.seen['at']}offers/").needs()
        form = next(
            f for f in offers.forms if walk.placement().reference in f.action and "deposit" in f.action
        )
        manager.send(offers, form)
    if walk.placement().state != PlacementState.FINAL:
        raise StepError("the place is signed and paid for, and still not final")
    manager.get(f"{walk.seen['at']}children/").needs("Noor", walk.family)


def half_days_taken(walk: Walk) -> None:
    """The ledger holds these half-days for the child and for nobody else, and counts as it should."""
    placement = walk.placement()
    held = LedgerTake.objects.filter(holder=f"placement:{placement.pk}", group=placement.group)
    if [(take.pattern, take.during) for take in held] != [(placement.pattern, placement.during)]:
        raise StepError("the ledger holds other half-days than the placement has")
    if ledger.miscounted(group_ids=[placement.group_id], today=localdate()):
        raise StepError("the ledger's weeks differ from a recount")


def counters_moved(walk: Walk) -> None:
    """One child less is asking, one need more is answered."""
    after = walk.counters()
    if after != (walk.before[0] - 1, walk.before[1] + 1):
        raise StepError(f"asking and answered went from {walk.before} to {after}")


def clerk_reads_story(walk: Walk) -> None:
    """The clerk finds the family by name, and its whole story stands on one page."""
    clerk = walk.visitor("clerk")
    found = clerk.get(f"/office/leuven/?{urlencode({'q': walk.family})}").needs(walk.family)
    clerk.get(found.link("/household/")).needs("Noor", "Definitief")


STEPS: tuple[Step, ...] = (
    ("a visitor searches, and opens a location", visit),
    ("a family registers its need in four steps", register),
    ("the parent logs in by a mailed code and sees the request", log_in_by_code),
    ("the location, with a second factor, sees the child in line and offers a place", offer),
    ("the parent says yes", accept),
    ("the parent signs, and the place is certain", sign),
    ("the half-days are taken, once", half_days_taken),
    ("the city's counters moved", counters_moved),
    ("the clerk finds the family and reads its story", clerk_reads_story),
)


@dataclass(frozen=True)
class Outcome:
    """How one step went; `problem` is empty where it went well."""

    step: str
    seconds: float
    problem: str = ""


def walk_all(base: str) -> Iterator[Outcome]:
    """Walk the steps in order and tell how each went. The first that fails ends the walk: the rest stand on it."""
    walk = Walk(base)
    for name, step in STEPS:
        begun = perf_counter()
        try:
            step(walk)
        except (StepError, OSError, LookupError, ObjectDoesNotExist) as error:
            yield Outcome(name, perf_counter() - begun, str(error) or repr(error))
            return
        yield Outcome(name, perf_counter() - begun)


def _at(page: Page, step: str) -> Page:
    """This page, if it is the request's step of that name."""
    if not urlsplit(page.address).path.endswith(step):
        raise StepError(f"{page.address} answered {page.status} instead of going on to {step}")
    return page.needs()


def _plain(page: Page) -> str:
    return re.sub(r"<[^>]+>", "\n", page.text)
