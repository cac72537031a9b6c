"""Whom the mail on papers that end tells of fee certificates: who may open them, and nobody else."""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kribbe.billing.models import FeeCertificate
from kribbe.billing.tests.month import certificate
from kribbe.billing.tests.scene import with_books
from kribbe.contact.models import Mail
from kribbe.people.models import RoleGrant
from kribbe.places.models import Organiser
from kribbe.staff.models import Document, DocumentKind
from kribbe.staff.services.documents import warn_due
from kribbe.staff.tests.test_documents import NOW, TODAY
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db
MIA, OLA, RIK = "mia@notelaar.example", "ola@notelaar.example", "rik@notelaar.example"


@built_once
def kept():
    """De Notelaar and De Linde of one organiser; a licence and Noor's certificate end in a fortnight."""
    kept = with_books(now=NOW, start=date(2026, 1, 5))
    location = kept.scene.location
    other = cast.make_location(kept.scene.desk, "De Linde")
    other.organiser = Organiser.objects.get(pk=kept.books.organiser_id)
    other.save()
    kept.other = other
    end = date.fromordinal(TODAY.toordinal() + 14)
    certificate(kept, kept.scene.noor, "10.00", date(2026, 1, 1))
    FeeCertificate.objects.update(during=DateRange(date(2026, 1, 1), end))
    Document.objects.create(location=location, kind=DocumentKind.LICENCE, last=end, made_at=NOW)
    return kept


def give(email, role, scope, scope_id, user=None):
    if user is None:
        return cast.make_user(email, role=role, scope=scope, scope_id=scope_id, now=NOW)
    RoleGrant.objects.create(user=user, role=role, scope=scope, scope_id=scope_id, granted_at=NOW)
    return user


def told():
    """By address whether the mail has the licence, the certificate, and the count of what it hasn't."""
    return {
        mail.address: tuple(
            word in mail.body.lower()
            for word in ("vergunning", "attest inkomenstarief", "van een kind, voor")
        )
        for mail in Mail.objects.all()
    }


def test_who_manages_one_of_more_locations_gets_a_count_and_who_keeps_the_books_the_certificate(kept):
    give(MIA, Role.MANAGER, Scope.LOCATION, kept.scene.location.pk)
    give(RIK, Role.ORGANISER, Scope.ORGANISER, kept.books.organiser_id)
    assert warn_due(now=NOW) == 1
    assert told() == {MIA: (True, False, True), RIK: (True, True, False)}


def test_who_manages_all_locations_gets_the_certificate_and_her_colleague_of_one_the_count(kept):
    mia = give(MIA, Role.MANAGER, Scope.LOCATION, kept.scene.location.pk)
    give(MIA, Role.MANAGER, Scope.LOCATION, kept.other.pk, mia)
    give(OLA, Role.MANAGER, Scope.LOCATION, kept.scene.location.pk)
    give(RIK, Role.ORGANISER, Scope.ORGANISER, kept.books.organiser_id)
    warn_due(now=NOW)
    assert told() == {MIA: (True, True, False), OLA: (True, False, True)}


def test_where_nobody_manages_the_organiser_hears_all(kept):
    give(RIK, Role.ORGANISER, Scope.ORGANISER, kept.books.organiser_id)
    warn_due(now=NOW)
    assert told() == {RIK: (True, True, False)}


def test_who_may_open_none_hears_nothing_where_another_does(kept):
    Document.objects.all().delete()
    give(MIA, Role.MANAGER, Scope.LOCATION, kept.scene.location.pk)
    give(RIK, Role.ORGANISER, Scope.ORGANISER, kept.books.organiser_id)
    warn_due(now=NOW)
    assert told() == {RIK: (False, True, False)}


def test_where_nobody_may_the_manager_hears_how_many(kept):
    Document.objects.all().delete()
    give(MIA, Role.MANAGER, Scope.LOCATION, kept.scene.location.pk)
    warn_due(now=NOW)
    assert told() == {MIA: (False, False, True)}


def test_no_mail_names_the_child(kept):
    give(RIK, Role.ORGANISER, Scope.ORGANISER, kept.books.organiser_id)
    warn_due(now=NOW)
    assert "Noor" not in Mail.objects.get().body
