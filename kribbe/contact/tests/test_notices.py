import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from kribbe.contact.models import Letter, Mail, Notice
from kribbe.contact.services import mark_posted, tell_household, tell_location, undo_posted
from kribbe.contact.writing import compose
from kribbe.people.models import Adult, Household
from kribbe.testing.cast import acting
from kribbe.testing.clock import Clock
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db


def tell(household: Household, clock: Clock) -> Notice:
    return tell_household(
        household_id=household.pk,
        kind="testing/place_offered",
        context={"child": "Noor & Finn"},
        now=clock.now,
        link="/my/offers/X/",
        about="offer:1",
    )


def test_a_household_is_told_in_dutch_where_the_desk_writes_only_dutch(
    household: Household, clock: Clock
) -> None:
    household.language = "en"
    household.save()
    notice = tell(household, clock)
    assert notice.language == "nl"
    assert notice.subject == "Verzonden Noor & Finn"
    assert notice.body.startswith("Dag An,\n\n<Noor & Finn> Wordt verzonden\n\nLindedaal\n\n")
    assert "http://localhost:8000/my/offers/X/" in notice.body


def test_another_language_comes_first_and_the_dutch_text_below_binds(
    household: Household, clock: Clock
) -> None:
    household.desk.letter_languages = ["nl", "en"]
    household.desk.save()
    household.language = "en"
    household.save()
    notice = tell(household, clock)
    english, rule, dutch = notice.body.partition("-" * 60)
    assert notice.subject == "Sent Noor & Finn"
    assert english.startswith("Hello An,")
    assert rule
    assert "The Dutch text below is the one that counts in law." in dutch
    assert "De Nederlandse tekst hieronder geldt juridisch." in dutch
    assert "Verzonden Noor & Finn\n\nDag An," in dutch


@pytest.mark.parametrize("language", ["nl", "fr", "de"])
def test_a_link_opens_in_the_readers_language_without_log_in_also_from_a_mail_that_must_be_dutch(
    household: Household, clock: Clock, language: str
) -> None:
    household.language = language
    household.save()
    link = re.findall(r"http://localhost:8000(\S+)", tell(household, clock).body)
    assert link == [f"/my/offers/X/?lang={language}"]
    opened = Client(headers={"accept-language": "en"}).get(
        f"/{household.desk.slug}/?{urlsplit(link[0]).query}"
    )
    assert f'<html lang="{language}"' in opened.text


def test_each_text_of_a_mail_in_two_languages_and_the_links_of_its_words_open_in_the_readers_own(
    household: Household,
) -> None:
    desk = household.desk
    desk.letter_languages = ["nl", "fr"]
    text = compose(
        "testing/place_offered",
        {"child": "http://localhost:8000/a/?b=1."},
        desk=desk,
        language="fr",
        names="",
        link="/c/",
        reader="fr",
    )
    first, _rule, _dutch = text.body.partition("-" * 60)
    assert "http://localhost:8000/a/?b=1&lang=fr" in first
    assert "http://localhost:8000/c/?lang=fr" in first


def test_on_paper_a_link_stays_short_enough_to_type(household: Household, clock: Clock) -> None:
    household.adults.update(email="")
    assert "lang=" not in tell(household, clock).body


def test_a_language_that_the_desk_may_not_write_in_is_left_out(household: Household, clock: Clock) -> None:
    household.desk.letter_languages = ["nl", "en"]
    household.desk.save()
    household.language = "fr"
    household.save()
    assert tell(household, clock).language == "nl"


def test_each_adult_with_an_address_gets_one_mail(household: Household, clock: Clock) -> None:
    for email in ("bo@example.org", "AN.MAES@example.org", ""):
        Adult.objects.create(
            household=household, first_name="Bo", last_name="Maes", name_key="maes\x1fbo", email=email
        )
    notice = tell(household, clock)
    mails = {mail.address: mail for mail in Mail.objects.all()}
    assert set(mails) == {"an.maes@example.org", "bo@example.org"}
    assert {mail.message_id.partition(".")[0] for mail in mails.values()} == {f"<{notice.reference}"}
    assert not Letter.objects.exists()


def test_a_household_without_mail_gets_a_letter_that_a_clerk_posts(
    household: Household, clock: Clock
) -> None:
    household.adults.update(email="")
    letter = tell(household, clock).letter
    assert "/my/" not in letter.notice.body
    assert "Bel ons of kom langs" in letter.notice.body
    clerk = acting(Role.CLERK, Scope.DESK, household.desk_id, user_id=7)
    mark_posted(letter=letter, principal=clerk, now=clock.now)
    mark_posted(letter=letter, principal=clerk, now=clock.advance(hours=1))
    letter.refresh_from_db()
    assert letter.posted_by == 7
    assert letter.posted_at is not None
    assert letter.posted_at < clock.now
    undo_posted(letter=letter, principal=clerk, now=clock.now)
    letter.refresh_from_db()
    assert (letter.posted_at, letter.posted_by) == (None, None)
    assert not Mail.objects.exists()
    written = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(written) == ["letter.posted", "letter.posted_undone"]


def test_a_location_is_told_in_dutch_at_each_address_once(household: Household, clock: Clock) -> None:
    notice = tell_location(
        location_id=5,
        desk=household.desk,
        kind="testing/place_offered",
        context={"child": "Noor"},
        now=clock.now,
        addresses=["Bea@kribbe.example", "bea@kribbe.example", "tom@kribbe.example"],
    )
    assert (notice.language, notice.location_id, notice.household) == ("nl", 5, None)
    assert notice.body.startswith("Dag,")
    sent_to = Mail.objects.order_by("address").values_list("address", flat=True)
    assert list(sent_to) == ["bea@kribbe.example", "tom@kribbe.example"]
