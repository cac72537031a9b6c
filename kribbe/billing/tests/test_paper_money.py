"""What an agreement says of money: written when it is sent, read on paper and on the page on which it is signed."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from pypdf import PdfReader

from kribbe.billing.models import FeeCertificate, PriceList
from kribbe.billing.tests.marched import NEW_YEAR, NOW, march
from kribbe.billing.tests.month import house_rules, price_list
from kribbe.enrolment.models import Placement
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.models import HouseRules, Paper
from kribbe.planning.papers import paper_pdf
from kribbe.planning.selectors.paper_money import prices_changed
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.testing.pdf import tags_of

pytestmark = pytest.mark.django_db
NAPPIES = {"kind": "nappies", "name": "extra.nappies: maat 4", "full": "1.50", "half": "0.90"}
THE_5TH = date(2026, 1, 5)
WEEK = ({0: ((480, 1020),), 1: ((480, 1020),)},)


def text_of(paper):
    pages = PdfReader(io.BytesIO(paper_pdf(paper))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split()).replace("\xa0", " ")


def send(kept, first=THE_5TH, weeks=WEEK, **fields):
    return send_paper(
        principal=kept.scene.manager, placement_id=kept.scene.noor.pk, name="Mia", now=NOW,
        terms=Terms(first=first, weeks=weeks), **fields,
    )  # fmt: skip


def sign(kept, paper):
    return sign_paper(principal=kept.scene.parent, paper_id=paper.pk, name="An Maes", now=NOW)


def free(kept):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()


@pytest.fixture
def priced(kept, fee):
    house_rules(kept)
    Placement.objects.filter(pk=kept.scene.noor.pk).update(deposit_asked=250)
    return price_list(kept, extras=[NAPPIES], own_fee=True, flex=True)


INCOME = (
    "Wat het kost Soort prijs volgens inkomen Wat dat betekent Een hele dag kost het dagtarief van het attest "
    "inkomenstarief van het kind. Wat gereserveerd is, wordt betaald, ook als het kind niet komt; sluitingsdagen en "
    "vrije afwezigheden kosten niets. Maaltijden zitten in de prijs. Minder dan 5 uur kost 60% van het dagtarief. "
    "Vanaf 11 uur is het 160%. Attest inkomenstarief € 12,34 voor een hele dag Daarnaast, per dag dat het kind komt "
    "Luiers: maat 4: € 1,50 voor een hele dag, € 0,90 voor een halve dag Waarborg € 250, alleen als waarborg voor de "
    "reservatie, de facturen en de opzeg; wat daarvoor niet nodig is, komt terug Betalen Met een factuur per maand. "
    "Niemand is verplicht om met domiciliëring of een doorlopende opdracht te betalen. Uren van de week"
)


BEYOND = (
    "Afwezigheid daarboven de eigen prijs van het gezin, minstens € 15 voor een hele dag, € 9 voor een halve dag; "
    "nooit meer dan het maximumtarief van de wet"
)
CHANGED = (
    "Wat minder goed is voor het gezin, wordt 2 maanden vooraf schriftelijk gemeld. Tot 2 maanden na die melding kan "
    "het gezin de overeenkomst kosteloos beëindigen."
)


def test_at_a_price_by_income_the_paper_says_all_that_the_law_asks(kept, priced):
    text = text_of(send(kept))
    assert INCOME in text
    for said in (
        "Opzegtermijn 60 dagen, voor beide kanten",
        BEYOND,
        "Wennen Wennen kost niets.",
        CHANGED,
        "Voor het gezin, voor akkoord met deze overeenkomst – nog niet getekend",
        "Voor het gezin, voor ontvangst van het huishoudelijk reglement – nog niet getekend",
    ):
        assert said in text


def test_at_a_free_price_it_lists_the_prices(kept):
    free(kept)
    price_list(
        kept, full=Decimal(38), half=Decimal("22.5"), sibling_discount=Decimal("0.1"), extras=[],
        package_name="Kaart", package_size=10, package_price=Decimal(350), package_half_days=True,
    )  # fmt: skip
    text = text_of(send(kept, day_fee=Decimal(38)))
    assert (
        "Soort prijs de eigen prijzen van de locatie Volle dag € 38 Halve dag € 22,50 Kaart 10 halve dagen: € 350 "
        "Broers en zussen 10% minder Daarnaast, per dag dat het kind komt Niets. Waarborg Er wordt geen waarborg "
        "gevraagd."
    ) in text
    assert "Prijs van een hele dag" not in text, "it stands once"
    assert "ontvangst" not in text and "maximumtarief" not in text


def test_a_location_without_prices_says_so_plainly(kept):
    free(kept)
    text = text_of(send(kept))
    assert "Prijzen De locatie heeft er hier geen opgeschreven. Vraag ze voor je tekent." in text
    assert "De locatie heeft hier geen extra kosten opgeschreven." in text
    without = send_paper(
        principal=kept.scene.manager, placement_id=kept.scene.lou.pk, name="Mia", now=NOW,
        terms=Terms(first=kept.scene.lou.during.lower, weeks=({0: ((480, 1020),)},)), day_fee=Decimal(30),
    )  # fmt: skip
    assert "€ 30" in text_of(without)


def test_without_a_certificate_it_says_what_happens(kept):
    assert "nog niet binnen: de dagen komen op de factuur zodra het er is" in text_of(send(kept))


def test_prices_that_change_later_leave_the_paper_alone(kept, priced, fee):
    waiting = send(kept)
    before = paper_pdf(waiting)
    PriceList.objects.update(extras=[{**NAPPIES, "full": "2.00"}], own_fee=False, flex=False)
    FeeCertificate.objects.update(day_fee=Decimal("20.00"))
    HouseRules.objects.create(
        location=kept.scene.location, version=2, from_day=NEW_YEAR, absence_full=99, absence_half=9,
        published_at=NOW,
    )  # fmt: skip
    waiting = Paper.objects.get(pk=waiting.pk)
    assert paper_pdf(waiting) == before
    signed = Paper.objects.get(pk=sign(kept, waiting).pk)
    assert INCOME in text_of(signed)
    assert text_of(signed).count("An Maes 2 januari 2026") == 2, "for consent and for receipt"
    with pytest.raises(ProgrammingError), transaction.atomic():
        Paper.objects.filter(pk=signed.pk).update(money={})


def test_an_addendum_speaks_of_money_where_it_changed_and_the_location_is_told(kept, priced):
    client = client_of(manager_of(kept.scene.location, now=NOW))
    page = reverse("planning:agreement", args=[kept.scene.location.slug, kept.scene.noor.reference])
    sign(kept, send(kept))
    assert b"prices that both signed" not in client.get(page).content
    same = send(kept, first=march(9), weeks=({0: ((480, 900),), 1: ((480, 1020),)},))
    assert (same.money, same.receipt) == ({}, False)
    assert "Wat het kost" not in text_of(same) and "ontvangst" not in text_of(same)
    sign(kept, same)
    PriceList.objects.update(extras=[{**NAPPIES, "full": "2.00"}])
    assert b"prices that both signed" in client.get(page).content
    other = send(kept, first=march(16))
    assert "Luiers: maat 4: € 2 voor een hele dag" in text_of(other)
    sign(kept, other)
    assert b"prices that both signed" not in client.get(page).content


def test_a_price_that_was_typed_stands_on_the_page_that_is_signed_too(kept):
    sent = send(kept, day_fee=Decimal("17.35"))
    assert "Prijs van een volle dag € 17,35" in text_of(sent)
    page = client_of(kept.scene.parent_user()).get(
        reverse("planning:my_agreement", args=[kept.scene.noor.reference])
    )
    assert "17.35" in page.content.decode()


def test_prices_that_were_signed_for_a_day_to_come_are_held_against_that_day(kept, priced):
    sign(kept, send(kept))
    price_list(kept, march(1), extras=[{**NAPPIES, "full": "2.00"}], own_fee=True, flex=True)
    sign(kept, send(kept, first=march(16)))
    kept.scene.noor.refresh_from_db()
    assert not prices_changed(kept.scene.noor, THE_5TH)
    PriceList.objects.filter(from_day=march(1)).update(extras=[])
    assert prices_changed(kept.scene.noor, THE_5TH)


def test_fewer_half_days_from_a_day_on_stand_with_what_holds_until_then(kept, priced):
    slug, noor = kept.scene.location.slug, kept.scene.noor.reference
    sign(kept, send(kept))
    sign(kept, send(kept, first=march(16), weeks=({0: ((480, 1020),)},)))
    for client, name, where in (
        (client_of(manager_of(kept.scene.location, now=NOW)), "planning:agreement", [slug, noor]),
        (client_of(kept.scene.parent_user()), "planning:my_agreement", [noor]),
    ):
        page = client.get(reverse(name, args=where)).content.decode()
        assert "to 15 March 2026" in page and "From 16 March 2026" in page
        assert "until before 16 March 2026" not in page


def test_the_family_reads_it_and_signs_for_receipt_too(kept, priced):
    send(kept)
    client = client_of(kept.scene.parent_user())
    mine = reverse("planning:my_agreement", args=[kept.scene.noor.reference])
    page = client.get(mine).content.decode()
    assert "Nappies: maat 4" in page and "What it costs" in page
    refused = client.post(mine, {"agreed": "on", "name": "An Maes"})
    assert refused.status_code == 422 and "Ask the location for them" in refused.content.decode()
    assert client.post(mine, {"agreed": "on", "received": "on", "name": "An Maes"}).status_code == 302


def test_it_is_tagged_as_pdf_ua_1_asks(kept, priced):
    made = paper_pdf(send(kept))
    root = PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert root["/Lang"] == "nl"
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data().decode()
    assert {"/Table", "/TH", "/H1"} <= set(tags_of(made))
