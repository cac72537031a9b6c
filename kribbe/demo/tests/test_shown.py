"""What locations of the demo show can be saved, and its photos stand on disk."""

from datetime import date, datetime, time

import pytest
from django.db import transaction
from django.utils.timezone import get_default_timezone

from kribbe.demo import past
from kribbe.demo.book import Book
from kribbe.demo.shown import show, write_files
from kribbe.demo.supply import furnish
from kribbe.demo.territory import lay_out, opening
from kribbe.people.models import Household
from kribbe.places.models import Charter, CharterAgreement, Location, Photo
from kribbe.region.models import Desk
from kribbe.trust import files

pytestmark = pytest.mark.django_db


def test_it_is_saved_with_its_history_and_its_files(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    book = Book(date(2026, 10, 1))
    lay_out(book)
    furnish(book)
    desk = book.rows(Desk)[0]
    book.add(
        Household(reference=book.reference(), desk=desk, street="x", postcode="3000", created_at=book.now)
    )
    show(book)
    begun = datetime.combine(opening(book.today), time(8), get_default_timezone())
    with transaction.atomic():
        for model in book.tables:
            book.save(model)
        for model in book.tables:
            past.write(model, opening=begun)
    write_files(book)
    assert Charter.objects.count() == Desk.objects.count()
    assert 0.7 < CharterAgreement.objects.count() / Location.objects.count() < 0.95
    photo = Photo.objects.select_related("file").first()
    assert files.names(photo.file) == sorted(
        f"{width}.{suffix}" for width in photo.file.widths for suffix in ("avif", "webp", "jpg")
    )
