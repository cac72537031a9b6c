"""What a location shows of itself: photos, reports, open days and hours; taken away, put back, forgotten."""

from datetime import date, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from kribbe.places.models import Inspection, OpenDay, Photo
from kribbe.places.selectors.showing import beyond_usual, hours_of, photos_of
from kribbe.places.services import showing
from kribbe.testing import cast, uploads
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust import files
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import StoredFile
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    return tmp_path


@built_once
def location():
    return cast.make_location(cast.make_desk(), "De Notelaar")


@pytest.fixture
def mia(location):
    user = cast.make_user(
        "mia@kinderhuis.example",
        role=Role.MANAGER,
        scope=Scope.LOCATION,
        scope_id=location.pk,
        now=timezone.now(),
    )
    client = log_in(Client(), user, second_factor=True)
    client.cookies.load({"django_language": "en"})
    return client


def sent(data, name="garden.jpg", media="image/jpeg"):
    return SimpleUploadedFile(name, data, content_type=media)


def add(client, location, **fields):
    return client.post(reverse("places:photos", args=[location.slug]), fields)


def public(client, location):
    address = reverse("places:location", args=[location.desk.slug, location.slug])
    return client.get(address, headers={"accept-language": "en"}).content.decode()


def test_a_photo_is_on_the_page_in_modern_formats_and_given_to_everybody(mia, location):
    assert add(mia, location, file=sent(uploads.photo()), alt="The garden").status_code == 302
    html = public(Client(), location)
    photo = Photo.objects.get()
    address = reverse("places:photo", args=[location.desk.slug, location.slug, photo.file.key, "960.webp"])
    assert html.index("image/avif") < html.index("image/webp") < html.index("image/jpeg")
    assert address in html
    assert 'alt="The garden"' in html
    answer = Client().get(address)
    assert (answer["Content-Type"], answer["Cache-Control"]) == (
        "image/webp",
        "public, max-age=86400, immutable",
    )
    assert answer.getvalue()


def test_a_result_shows_the_first_photo_small_and_late_and_a_house_without_one(mia, location):
    search = reverse("places:search", args=[location.desk.slug])
    without = Client().get(search).content.decode()
    assert "result__frame" not in without
    assert "result__art" in without
    add(mia, location, file=sent(uploads.photo()), alt='The "garden"')
    add(mia, location, file=sent(uploads.photo(700, 500)), alt="The hall")
    html = Client().get(search).content.decode()
    key = Photo.objects.get(position=1).file.key
    small = reverse("places:photo", args=[location.desk.slug, location.slug, key, "480.avif"])
    assert f'<source type="image/avif" srcset="{small}">' in html
    assert 'alt="The &quot;garden&quot;" loading="lazy"' in html
    assert "The hall" not in html
    assert Client().get(small).getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (uploads.vector(), "no photo that we can read"),
        (uploads.page(), "no photo that we can read"),
        (uploads.picture_and_page(), "hidden in this picture"),
        (uploads.photo(700, 500)[:900], "damaged"),
        (uploads.bomb(), "million points"),
    ],
)
def test_a_wrong_file_is_told_at_its_field_and_the_description_stays(mia, location, data, words):
    answer = add(mia, location, file=sent(data), alt="Our garden in May")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert "Our garden in May" in html
    assert not StoredFile.objects.exists()


def test_a_photo_without_a_description_is_held_until_there_is_one(mia, location):
    first = add(mia, location, file=sent(uploads.photo(700, 500)), alt="")
    assert first.status_code == 422
    assert "garden.jpg is received" in first.content.decode()
    ticket = files.ticket(StoredFile.objects.get())
    assert add(mia, location, **{"file-held": ticket, "alt": "The garden"}).status_code == 302
    assert Photo.objects.get().file.held_until is None
    other = cast.make_location(location.desk, "Elders")
    stolen = add(mia, other, **{"file-held": ticket, "alt": "x"})
    assert stolen.status_code == 404


def test_taken_away_put_back_and_forgotten_with_its_file(mia, location, django_capture_on_commit_callbacks):
    add(mia, location, file=sent(uploads.photo(700, 500)), alt="The garden")
    photo = Photo.objects.select_related("file").get()
    url = reverse("places:take_away", args=[location.slug, "photo", photo.pk])
    assert "Undo" in mia.post(url, follow=True).content.decode()
    shown = reverse("places:photo", args=[location.desk.slug, location.slug, photo.file.key, "480.jpg"])
    assert Client().get(shown).status_code == 404
    mia.post(reverse("places:put_back", args=[location.slug, "photo", photo.pk]))
    assert photos_of(location, desk=location.desk.slug)
    mia.post(url)
    now = timezone.now()
    assert showing.forget_removed(now=now) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert showing.forget_removed(now=now + timedelta(days=2)) == 1
    assert not files.folder(photo.file.key).exists()
    assert not StoredFile.objects.exists()


def test_photos_change_places_and_there_are_never_too_many(location, clock, monkeypatch):
    monkeypatch.setattr(showing, "MOST_PHOTOS", 2)

    def one(alt):
        file = files.take_in(
            data=uploads.photo(300, 300),
            name="a",
            kind=files.Kind.PHOTO,
            space=showing.space_of(location.pk),
            principal=SYSTEM,
            now=clock.now,
        )
        return showing.add_photo(principal=SYSTEM, location_id=location.pk, file=file, alt=alt, now=clock.now)

    one("first")
    second = one("second")
    showing.move_photo(principal=SYSTEM, location_id=location.pk, photo_id=second.pk, now=clock.now)
    assert [photo.alt for photo in photos_of(location, desk="x")] == ["second", "first"]
    with pytest.raises(RefusedError):
        one("third")
    with pytest.raises(RefusedError):
        showing.describe_photo(
            principal=SYSTEM, location_id=location.pk, photo_id=second.pk, alt=" ", now=clock.now
        )


def test_a_report_is_a_link_or_a_paper(mia, location):
    address = reverse("places:inspections", args=[location.slug])
    base = {"day": "2026-01-15", "title": "Inspection 2026"}
    assert "Give a link, or choose a PDF" in mia.post(address, base).content.decode()
    active = mia.post(address, base | {"file": sent(uploads.paper_with_script(), "r.pdf", "application/pdf")})
    assert "holds a program" in active.content.decode()
    assert mia.post(address, base | {"file": sent(uploads.paper(), "r.pdf")}).status_code == 302
    assert mia.post(address, base | {"url": "https://inspectie.example/1"}).status_code == 302
    html = public(Client(), location)
    assert "https://inspectie.example/1" in html
    report = Inspection.objects.get(url="")
    answer = Client().get(reverse("places:report", args=[location.desk.slug, location.slug, report.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.getvalue()
    future = mia.post(address, base | {"day": "2099-01-01", "url": "https://a.example"})
    assert "still to come" in future.content.decode()


def test_an_open_day_is_announced_once_and_passes(location, clock):
    def announce(day, start=time(10), end=time(12)):
        return showing.add_open_day(
            principal=SYSTEM,
            location_id=location.pk,
            day=day,
            starts_at=start,
            ends_at=end,
            note="",
            now=clock.now,
        )

    row = announce(date(2026, 3, 14))
    for wrong in [(date(2026, 3, 14),), (date(2026, 3, 1),), (date(2026, 4, 1), time(12), time(10))]:
        with pytest.raises(RefusedError):
            announce(*wrong)
    showing.take_away(
        principal=SYSTEM, location_id=location.pk, kind="open-day", row_id=row.pk, now=clock.now
    )
    announce(date(2026, 3, 14))
    with pytest.raises(RefusedError) as refused:
        showing.put_back(
            principal=SYSTEM, location_id=location.pk, kind="open-day", row_id=row.pk, now=clock.now
        )
    assert refused.value.code == "twice"
    assert OpenDay.objects.filter(removed_at=None).count() == 1


def test_hours_by_weekday_with_evening_and_weekend(mia, location):
    assert hours_of(location) == [("Maandag tot en met vrijdag", "7:00 tot 18:00")]
    address = reverse("places:hours", args=[location.slug])
    data = {f"opens_{day}": "07:00" for day in range(4)} | {f"closes_{day}": "18:00" for day in range(4)}
    wrong = mia.post(address, data | {"opens_4": "08:00"})
    assert "Give both hours" in wrong.content.decode()
    turned = mia.post(address, data | {"opens_4": "18:00", "closes_4": "08:00"})
    assert "before the opening hour" in turned.content.decode()
    right = data | {"closes_3": "20:00", "opens_5": "09:00", "closes_5": "12:00"}
    assert mia.post(address, right).status_code == 302
    location.refresh_from_db()
    translation.activate("nl")
    assert hours_of(location) == [
        ("Maandag tot en met woensdag", "7:00 tot 18:00"),
        ("Donderdag", "7:00 tot 20:00"),
        ("Vrijdag", "gesloten"),
        ("Zaterdag", "9:00 tot 12:00"),
    ]
    assert beyond_usual(location) == ["Ook 's avonds open", "Ook in het weekend open"]


def test_the_queries_of_the_page_do_not_grow_with_what_is_shown(location, clock):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def fill(count):
        for number in range(count):
            file = StoredFile.objects.create(
                key=f"{number + StoredFile.objects.count():032x}", space="x", name="a", media_type="image/jpeg",
                size=1, width=480, height=300, widths=[480], created_at=clock.now,
            )  # fmt: skip
            Photo.objects.create(location=location, file=file, alt="x", position=number, added_at=clock.now)
            Inspection.objects.create(location=location, day=clock.today, title="x", url="https://x.example")

    def count():
        with CaptureQueriesContext(connection) as queries:
            public(Client(), location)
        return len(queries)

    fill(1)
    few = count()
    fill(9)
    assert count() == few <= 30


@pytest.mark.parametrize("name", ["profile", "photos", "hours", "inspections", "open_days"])
def test_each_part_of_the_page_marks_its_entry_in_the_menu(mia, location, name):
    html = mia.get(reverse(f"places:{name}", args=[location.slug])).content.decode()
    rail = html[html.index('class="rail') : html.index("<main")]
    assert [
        part.split('"')[0] for part in rail.split('href="')[1:] if 'aria-current="page"' in part.split(">")[0]
    ] == [reverse("places:profile", args=[location.slug])]


def test_what_is_put_back_at_the_last_moment_is_not_forgotten(mia, location, monkeypatch):
    add(mia, location, file=sent(uploads.photo(700, 500)), alt="The garden")
    photo, now = Photo.objects.get(), timezone.now()
    showing.take_away(
        principal=SYSTEM, location_id=location.pk, kind="photo", row_id=photo.pk, now=now - timedelta(days=2)
    )
    lock = showing.lock_rows

    def comes_first(*rows):
        lock(*rows)
        Photo.objects.update(removed_at=None)

    monkeypatch.setattr(showing, "lock_rows", comes_first)
    assert showing.forget_removed(now=now) == 0
    assert Photo.objects.get().removed_at is None
