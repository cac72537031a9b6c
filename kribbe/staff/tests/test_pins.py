"""A PIN is hashed, rests after five wrong tries, and is nobody else's."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from kribbe.staff.models import Carer, PinGuard
from kribbe.staff.services.carers import Person, add_carer
from kribbe.staff.services.pins import MOST_WRONG, PAUSE, PinAnswer, check_pin, clear_pin, set_pin
from kribbe.testing import cast
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

MINUTE = timedelta(minutes=1)
GOOD, BAD = "2580", "9137"


def a_carer(pin=GOOD):
    now = timezone.now()
    location = cast.make_location(cast.make_desk(), "De Notelaar")
    carer = add_carer(
        principal=SYSTEM, location=location, person=Person(name="Rik Peeters", first=now.date()), now=now
    )
    if pin:
        set_pin(principal=SYSTEM, location=location, carer=carer, pin=pin, now=now)
    return carer, location, now


@pytest.mark.django_db
def test_the_right_pin_opens_and_no_row_holds_it():
    carer, _location, now = a_carer()
    assert check_pin(carer, GOOD, now) is PinAnswer.RIGHT
    assert check_pin(carer, BAD, now) is PinAnswer.WRONG
    assert GOOD not in carer.pin_hash
    assert carer.pin_hash.count("$") >= 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM staff_carerevent")
        assert "pin_hash" not in [column.name for column in cursor.description]
    assert not any(GOOD in f"{entry.data}" for entry in AuditEntry.objects.all())


@pytest.mark.django_db
def test_five_wrong_tries_make_it_rest_for_ten_minutes():
    carer, _location, now = a_carer()
    answers = [check_pin(carer, BAD, now) for _ in range(MOST_WRONG)]
    assert answers == [PinAnswer.WRONG] * 4 + [PinAnswer.PAUSED]
    assert check_pin(carer, GOOD, now + PAUSE - MINUTE) is PinAnswer.PAUSED
    assert check_pin(carer, BAD, now + PAUSE) is PinAnswer.WRONG, "counted anew after the pause"
    assert check_pin(carer, GOOD, now + PAUSE) is PinAnswer.RIGHT
    assert PinGuard.objects.get().wrong == 0


@pytest.mark.django_db
def test_a_right_try_forgets_the_wrong_ones_and_so_does_a_new_pin():
    carer, location, now = a_carer()
    for _ in range(MOST_WRONG - 1):
        check_pin(carer, BAD, now)
    assert check_pin(carer, GOOD, now) is PinAnswer.RIGHT
    for _ in range(MOST_WRONG):
        check_pin(carer, BAD, now)
    set_pin(principal=SYSTEM, location=location, carer=carer, pin="7531", now=now)
    assert check_pin(carer, "7531", now) is PinAnswer.RIGHT


@pytest.mark.django_db
def test_without_a_pin_and_after_the_last_day_nobody_gets_in():
    carer, location, now = a_carer(pin="")
    assert check_pin(carer, "", now) is PinAnswer.NO_PIN
    set_pin(principal=SYSTEM, location=location, carer=carer, pin=GOOD, now=now)
    assert check_pin(carer, GOOD, now - timedelta(days=2)) is PinAnswer.NO_PIN
    clear_pin(principal=SYSTEM, location=location, carer=carer, now=now)
    assert check_pin(carer, GOOD, now) is PinAnswer.NO_PIN
    assert check_pin(carer, "", now) is PinAnswer.NO_PIN


@pytest.mark.django_db
@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "1111", "1234", "9876", "٣٤٥١", ""])
def test_a_pin_that_is_no_pin_is_refused_at_its_field(pin):
    carer, location, now = a_carer()
    with pytest.raises(RefusedError) as refused:
        set_pin(principal=SYSTEM, location=location, carer=carer, pin=pin, now=now)
    assert refused.value.field == "pin"
    assert check_pin(carer, GOOD, now) is PinAnswer.RIGHT


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_count_each():
    """Sixteen wrong tries at one moment: four are answered as wrong, all others find it resting."""
    carer, _location, now = a_carer()
    barrier, answers = Barrier(16), []

    def attempt():
        try:
            own = Carer.objects.get(pk=carer.pk)
            barrier.wait()
            answers.append(check_pin(own, BAD, now))
        finally:
            connection.close()

    threads = [Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == sorted([PinAnswer.WRONG] * 4 + [PinAnswer.PAUSED] * 12)
