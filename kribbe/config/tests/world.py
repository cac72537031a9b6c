"""A small world with something behind every door: two families, two desks, staff of every role, and what they see."""

from datetime import date, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kribbe.banking.tests.rows import bank_of
from kribbe.billing.models import Books, Run
from kribbe.config.tests.world_billing import after_invoices, taxed
from kribbe.config.tests.world_care import club_of, ending_of, roster_of, sick_of
from kribbe.contact.access import Seat
from kribbe.contact.models import Mail, MailState, Note, Notice, Side, Task
from kribbe.contact.services.threads import start_thread
from kribbe.contact.services.visits import book, publish_moments
from kribbe.enrolment.models import Placement, PlacementState, RequestSwitches
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.direct import Direct, take_directly
from kribbe.enrolment.services.make_offer import Excuse, make_offer
from kribbe.enrolment.services.proofs import ask_proof, send_proof
from kribbe.enrolment.services.weekly_list import make_list, vacancy_token
from kribbe.people.models import Consent, Consented, ReferrerOrganisation, RoleGrant
from kribbe.people.services import give_consent
from kribbe.places.services.looking import look_token
from kribbe.places.services.showing import Report, add_inspection, add_photo
from kribbe.planning.models import (
    AgreementImport,
    CareAgreement,
    ChildFile,
    DayBatch,
    DayChange,
    GettingUsedDay,
    Paper,
)
from kribbe.policy.services.snapshots import take_snapshots
from kribbe.policy.tests.scene import policy_rows
from kribbe.region.services import give_logo, space_of
from kribbe.rounds.models import Round
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast, uploads
from kribbe.testing.sessions import log_in
from kribbe.trust import files
from kribbe.trust.files import Kind
from kribbe.trust.principal import SYSTEM, Role, Scope
from kribbe.trust.tokens import make_token
from kribbe.upkeep.models import ComplaintKind, Confirmation, FirstDay, Pair
from kribbe.upkeep.services.complaints import About, complain
from kribbe.upkeep.services.invite import invite
from kribbe.upkeep.tokens import INVITATION, QUESTION


@pytest.fixture
def world():
    now = timezone.now()
    desk, other = cast.make_desk(), cast.make_desk("elders", nis="99002")
    location = cast.make_location(desk, "De Notelaar")
    elsewhere = cast.make_location(other, "Elders")
    group = cast.make_group(location, 5, now=now)
    maes = cast.make_household(desk, "Maes", now=now, email="anna@ouders.example")
    peeters = cast.make_household(desk, "Peeters", now=now, email="charlie@ouders.example")
    posted = cast.make_household(desk, "Zondervan", now=now)
    start = now.date() + timedelta(days=60)
    monday = WeekPattern.from_text("mon")

    def request(name, **child):
        born = child.pop("born", date(2026, 1, 5))
        made = cast.make_child(maes, name, born=born, **child)
        return cast.make_request(made, [location], start=start, pattern=monday, now=now)

    waiting, offered, placed = request("Xanthe"), request("Ysaura"), request("Zeger")
    unborn = request("Quirijn", born=None, expected=now.date() + timedelta(days=30))

    def offer(of):
        return make_offer(
            principal=SYSTEM,
            preference_id=of.preferences.get().pk,
            group_id=group.pk,
            start=start,
            pattern=monday,
            now=now,
            excuses={wish.pk: Excuse("group-balance") for wish in location.preferences.all()},
        )

    fact = cast.make_fact(maes, "work", since=start - timedelta(days=400), now=now)
    open_offer = offer(offered)
    placement = accept_offer(principal=SYSTEM, offer_id=offer(placed).pk, yes=Yes(), now=now)
    paper = cast.make_request(
        cast.make_child(posted, "Wolfert", born=date(2026, 1, 5)),
        [location],
        start=start,
        pattern=monday,
        now=now,
    )
    offer(paper)
    take_snapshots(now=now)
    shown = shown_at(location, now) | shown_by(desk, now)
    policy = policy_rows(desk, location, now=now)
    talk = talking(location, maes, now)
    closing = location.closing_days.create(during=(start, start + timedelta(days=1)))

    def user(name, role, scope, scope_id):
        return name, cast.make_user(
            f"{name.replace(' ', '.')}@rol.example", role=role, scope=scope, scope_id=scope_id, now=now
        )

    task = Task.objects.create(desk=desk, text="Bel", due=now.date(), household=maes, made_at=now)
    note = Note.objects.create(desk=desk, text="Belt liever", household=maes, written_at=now)
    pair = Pair.objects.create(
        first=waiting.child, second=paper.child, score=70, signs=["born_same"], found_at=now
    )
    about = About(kind=ComplaintKind.OTHER)
    complaint = complain(principal=SYSTEM, request_id=waiting.pk, about=about, text="Fout", now=now)
    question = Confirmation.objects.create(
        request=waiting, ask="period", asked_at=now, answer_by=now.date() + timedelta(days=9)
    )
    invited = invite(principal=SYSTEM, household_id=maes.pk, email="jo@ouders.example", now=now)
    FirstDay.objects.create(placement=placement, day=start, asked_at=now, told_at=now, state="absent")

    organisation = ReferrerOrganisation.objects.create(desk=desk, name="Sociale dienst")
    consent = Consent.objects.create(
        household=maes,
        organisation=organisation,
        what=["request.make"],
        during=(now.date() - timedelta(days=9), now.date()),
        given_at=now,
    )
    give_consent(
        household=peeters,
        organisation=organisation,
        what=list(Consented),
        until=now.date() + timedelta(days=9),
        on_paper=True,
        principal=SYSTEM,
        today=now.date(),
        now=now,
    )
    users = dict(
        [
            user("anna", Role.PARENT, Scope.HOUSEHOLD, maes.pk),
            user("charlie", Role.PARENT, Scope.HOUSEHOLD, peeters.pk),
            user("manager", Role.MANAGER, Scope.LOCATION, location.pk),
            user("other manager", Role.MANAGER, Scope.LOCATION, elsewhere.pk),
            user("organiser", Role.ORGANISER, Scope.ORGANISER, location.organiser_id),
            user("clerk", Role.CLERK, Scope.DESK, desk.pk),
            user("other clerk", Role.CLERK, Scope.DESK, other.pk),
            user("policy officer", Role.POLICY_OFFICER, Scope.DESK, desk.pk),
            user("administrator", Role.ADMINISTRATOR, Scope.DESK, desk.pk),
            user("other administrator", Role.ADMINISTRATOR, Scope.DESK, other.pk),
            user("referrer", Role.REFERRER, Scope.REFERRER, organisation.pk),
            user("unverified clerk", Role.CLERK, Scope.DESK, desk.pk),
        ]
    )
    urgent = cast.make_request(
        cast.make_child(peeters, "Thybaut", born=date(2026, 1, 5)),
        [elsewhere],
        start=now.date() + timedelta(days=10),
        pattern=monday,
        now=now,
    )
    RequestSwitches.objects.create(request=urgent, open_when_urgent=True)
    last_minute = group.last_minutes.create(first=start, last=start, pattern=monday.mask, published_at=now)
    free_list = make_list(region=desk.region, now=now)
    direct = Direct(
        group_id=group.pk,
        name="B.",
        birth_month=start,
        start=start,
        end=start + timedelta(days=300),
        pattern=WeekPattern.from_text("fri"),
    )
    return users, {
        "desk": desk.slug,
        "slug": location.slug,
        "group": group.pk,
        "capacity": group.capacities.get().pk,
        "closing": closing.pk,
        **shown,
        "proof": proof_of(maes, location, now).reference,
        "household": maes.reference,
        "consent": consent.pk,
        "task": task.pk,
        "note": note.pk,
        "adult": maes.adults.get().pk,
        "fact": fact.pk,
        "unborn": unborn.child_id,
        "unborn_request": unborn.reference,
        "request": waiting.reference,
        "preference": waiting.preferences.get().pk,
        "offer": open_offer.reference,
        "placement": placement.reference,
        "notice": Notice.objects.filter(household=maes).first().reference,
        "letter": Notice.objects.get(household=posted).reference,
        "log_in": RoleGrant.objects.get(user=users["anna"]).pk,
        "grant": RoleGrant.objects.get(user=users["policy officer"]).pk,
        "year": timezone.localdate().year,
        "month": timezone.localdate().month,
        "figure": "asking",
        **policy,
        "part": "living",
        "pair": pair.reference,
        "round": Round.objects.create(desk=desk, first=date(2027, 3, 1), months=1, planned_at=now).reference,
        "complaint": complaint.reference,
        "question": make_token(QUESTION, question.pk),
        "invitation": make_token(INVITATION, invited.pk),
        "paper": paper_of(placement, now).reference,
        "agreement_import": AgreementImport.objects.create(
            location=location,
            file_name="kinderen.csv",
            table='[["Voornaam","Naam","Geboortedatum","Naam ouder","Start","Dagen"],[],""]',
            given_at=now,
        ).reference,
        **roster_of(location, placement, now),
        "day_change": DayChange.objects.create(
            placement=placement, day=start + timedelta(days=1), halves=1, asked_at=now
        ).reference,
        "ending": ending_of(placement, start, now).reference,
        "getting_used": GettingUsedDay.objects.create(
            placement=placement, day=start - timedelta(days=7), start=time(9), end=time(10), made_at=now
        ).reference,
        "day_batch": DayBatch.objects.create(location=location, at=now, changes=[]).reference,
        "cared": cared_for(waiting.child, group, now).reference,
        **club_of(desk, waiting.child, now),
        **sick_of(desk, waiting.child, now),
        "runner": RoleGrant.objects.get(user=users["manager"]).pk,
        **talk,
        **bank_of(placement, now),
        **taxed(location, placement, now),
        "draft": "00000000",
        "nis": desk.municipality.nis_code,
        "visit": location.register_visits.create(at=now).reference,
        "urgent": urgent.pk,
        "last_minute": last_minute.reference,
        "look": look_token(location),
        "vacancy": vacancy_token(waiting.pk, free_list.vacancies.first().pk),
        "direct": take_directly(principal=SYSTEM, location_id=location.pk, told=direct, now=now).pk,
        "word": "niets",
        "none": 999_999,
        "on": f"{now.date()}",
        "one": 1,
        "kind": "pdf",
        **after_invoices(location, placement, maes.adults.get(), now),
        **run_of(location, now),
    }


def cared_for(child, group, now):
    """A certain place that runs, of a child whose file is filled in."""
    today = now.date()
    ChildFile.objects.create(child=child, version=1, checked_at=now, health="Astma")
    return Placement.objects.create(
        child=child,
        group=group,
        during=(today - timedelta(days=7), today + timedelta(days=7)),
        pattern=WeekPattern.from_text("mon").mask,
        state=PlacementState.FINAL,
        reserved_at=now,
        final_at=now,
    )


def run_of(location, now):
    """A month of the organiser that is being invoiced."""
    month = now.date().replace(day=1)
    books = Books.objects.get(organiser=location.organiser)
    run = Run.objects.create(books=books, month=month, issued_on=now.date(), started_at=now)
    return {"run": run.reference, "care_month": f"{month:%Y-%m}"}


def paper_of(placement, now):
    """An agreement that waits for the family."""
    return Paper.objects.create(
        agreement=CareAgreement.objects.create(placement=placement, made_at=now),
        number=0,
        first=placement.during.lower,
        weeks=[{"0": [[480, 1020]]}],
        pattern=placement.pattern,
        notice_days=60,
        made_at=now,
        location_name="Mia",
    )


def proof_of(household, location, now):
    """A proof that the location asked and the household sent."""
    proof = ask_proof(
        principal=SYSTEM,
        household=household,
        location=location,
        what="Attest",
        why="Voorrang",
        until=now.date() + timedelta(days=14),
        now=now,
    )
    file = files.take_in(
        data=uploads.paper(),
        name="a.pdf",
        kind=Kind.PAPER,
        space=f"household:{household.pk}",
        principal=SYSTEM,
        now=now,
    )
    send_proof(principal=SYSTEM, proof_id=proof.pk, file=file, now=now)
    return proof


def shown_at(location, now):
    """A photo and a report on the location's page."""
    space = f"location:{location.pk}"
    common = {"space": space, "principal": SYSTEM, "now": now}
    file = files.take_in(data=uploads.photo(600, 400), name="a.jpg", kind=Kind.PHOTO, **common)
    paper = files.take_in(data=uploads.paper(), name="a.pdf", kind=Kind.PAPER, **common)
    photo = add_photo(principal=SYSTEM, location_id=location.pk, file=file, alt="De tuin", now=now)
    report = add_inspection(
        principal=SYSTEM,
        location_id=location.pk,
        report=Report(day=now.date(), title="Verslag", url="", file=paper),
        now=now,
    )
    return {
        "photo": photo.pk,
        "photo_kind": "photo",
        "photo_key": file.key,
        "photo_name": "480.jpg",
        "inspection": report.pk,
    }


def shown_by(desk, now):
    """The desk's own logo."""
    file = files.take_in(
        data=uploads.photo(600, 200),
        name="a.jpg",
        kind=Kind.LOGO,
        space=space_of(desk.pk),
        principal=SYSTEM,
        now=now,
    )
    give_logo(principal=SYSTEM, desk=desk, file=file, alt="Wapen", now=now)
    return {"logo_number": file.pk}


def talking(location, household, now):
    """A conversation of each kind, and a visit booked."""
    home = Seat(Side.HOUSEHOLD, location.desk, household=household)
    said = {"principal": SYSTEM, "subject": "Vraag", "text": "Kan dat?", "now": now}
    ours = start_thread(seat=home, location=location, **said)
    theirs = start_thread(
        seat=Seat(Side.LOCATION, location.desk, location=location), household=household, **said
    )
    desks = start_thread(seat=Seat(Side.DESK, location.desk), household=household, **said)
    first, second, *_ = publish_moments(
        location=location,
        starts_at=now + timedelta(days=3),
        ends_at=now + timedelta(days=3, hours=1),
        seats=2,
        note="",
        weeks=4,
        principal=SYSTEM,
        now=now,
    )
    lost = Mail.objects.filter(notice__household=household).first()
    Mail.objects.filter(pk=lost.pk).update(state=MailState.BOUNCED)
    visit = book(moment_id=first.pk, household=household, principal=SYSTEM, now=now)
    return {
        "thread": ours.reference,
        "post": ours.posts.get().pk,
        "location_thread": theirs.reference,
        "location_post": theirs.posts.get().pk,
        "office_thread": desks.reference,
        "office_post": desks.posts.get().pk,
        "moment": second.reference,
        "visit_booked": visit.reference,
        "lost_mail": lost.pk,
        "text_room": "contact",
        "text_name": "visit_booked",
        "text_language": "nl",
    }


def client_of(users, who):
    if who == "visitor":
        return Client()
    return log_in(Client(), users[who], second_factor=who not in {"anna", "charlie", "unverified clerk"})
