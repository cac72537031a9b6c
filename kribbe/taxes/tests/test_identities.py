"""National numbers: checked, sealed, seen by nobody but the file's writer, and deleted after their term."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.urls import reverse

from kribbe.billing.tests.scene import with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.taxes.models import TaxIdentity
from kribbe.taxes.services.certificates import issue_year
from kribbe.taxes.services.identities import checked_number, forget_due, give_identity
from kribbe.taxes.tests.scene import PARENT_NUMBER, child_number, invoice, pay, stay
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)


@built_once
def kept():
    return with_books(now=NOW, start=date(2025, 9, 1))


@pytest.fixture
def people(kept):
    child = kept.scene.noor.child
    return child.household.adults.get(), child


def give(person, number, **fields):
    return give_identity(principal=SYSTEM, person=person, number=number, now=NOW, **fields)


def test_the_database_and_the_trail_never_hold_the_number_in_clear(people):
    adult, _child = people
    give(adult, "85.07.30-033.28")
    assert TaxIdentity.objects.get().number == PARENT_NUMBER
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM taxes_taxidentity")
        assert PARENT_NUMBER not in cursor.fetchone()[0]
    entry = AuditEntry.objects.get(action="tax_number.give")
    assert entry.household_id == adult.household_id
    assert PARENT_NUMBER not in f"{entry.data}"


def test_a_bis_number_passes_and_what_is_none_is_refused_without_repeating_it():
    # month + 40; 97 - 854730033 mod 97
    bis = f"854730033{97 - 854730033 % 97:02d}"
    assert checked_number(bis) == bis
    with pytest.raises(RefusedError) as refused:
        checked_number("85073003329")
    assert "85073003329" not in str(refused.value.message)


def test_a_childs_number_begins_with_its_birth(people):
    _adult, child = people
    give(child, child_number(child.born), severe_disability=True)
    with pytest.raises(RefusedError) as refused:
        give(child, PARENT_NUMBER)
    assert refused.value.code == "other-birth"
    assert TaxIdentity.objects.get(child=child).severe_disability


def test_a_parent_gives_sees_it_masked_and_deletes_it(kept, people):
    adult, child = people
    adult.user = kept.scene.parent_user()
    adult.save()
    client = client_of(adult.user)
    page = reverse("taxes:my_numbers")
    wrong = client.post(page, {f"number_a{adult.pk}": "85073003329"})
    assert wrong.status_code == 422
    assert f'aria-describedby="id_number_a{adult.pk}' in wrong.content.decode()
    typed = {f"number_a{adult.pk}": "85.07.30-033.28", f"number_c{child.pk}": child_number(child.born)}
    assert client.post(page, typed).status_code == 302
    shown = client.get(page).content.decode()
    assert "•••••••••28" in shown
    assert PARENT_NUMBER not in shown
    assert "323/2" in shown
    client.post(reverse("taxes:remove_number"), {"person": f"a{adult.pk}"})
    assert not TaxIdentity.objects.filter(adult=adult).exists()
    assert client.post(reverse("taxes:remove_number"), {"person": "a999999"}).status_code == 404


def test_another_adult_of_the_household_sees_only_that_it_is_known(kept, people):
    adult, _child = people
    give(adult, PARENT_NUMBER)
    shown = client_of(kept.scene.parent_user()).get(reverse("taxes:my_numbers")).content.decode()
    assert "•••••••••" in shown
    assert "•••••••••28" not in shown


def test_numbers_go_once_no_certificate_is_young_enough(kept, people):
    adult, child = people
    give(adult, PARENT_NUMBER)
    give(child, child_number(child.born))
    invoice(kept, [stay(kept.scene.noor, date(2026, 3, 2), "12.00")], on=date(2026, 4, 2), now=NOW)
    pay(kept, "12.00", on=date(2026, 4, 9), now=NOW)
    issue_year(principal=SYSTEM, books=kept.books, year=2026, now=NOW)
    # seven whole years after 2026: until the end of 2033
    assert forget_due(now=datetime(2033, 12, 31, 12, tzinfo=UTC)) == 0
    assert forget_due(now=datetime(2034, 1, 1, 12, tzinfo=UTC)) == 2
    assert AuditEntry.objects.filter(action="tax_number.remove").count() == 2
