"""Charges beside the fee: at a price by income those that the law lists, elsewhere any."""

from decimal import Decimal
from importlib.resources import files

import pytest
from django.urls import reverse
from django.utils import translation

from kribbe.billing.models import InvoiceLine, OneCharge, PriceList, UnplacedCare
from kribbe.billing.selectors import listed
from kribbe.billing.services.books import publish_prices
from kribbe.billing.services.fees import add_charge
from kribbe.billing.tests.marched import NOW, THE_2ND, euros, march
from kribbe.billing.tests.month import MARCH, run
from kribbe.billing.tests.one_day_scene import WEDNESDAY, kim_of, takes
from kribbe.billing.tests.scene import organiser_of
from kribbe.billing.words import KINDS, charge_words, what
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.places.models import Group
from kribbe.rules import packs
from kribbe.rules.billing.listed import EACH_STAY, MOST, ONCE
from kribbe.rules.packs import Confidence, Figure, Pack, load_pack
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
PACKS = [load_pack(each.stem) for each in files(packs).iterdir() if each.suffix == ".toml"]
MEALS = {"name": "Meals", "full": "3.00", "half": "2.00"}
NAPPIES = {"kind": "nappies", "name": "extra.nappies", "full": "2.00", "half": "1.00"}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def client(kept):
    return client_of(organiser_of(kept.books, now=NOW))


@pytest.fixture
def prices_page(kept):
    return reverse("billing:prices", args=[kept.scene.location.slug])


@pytest.fixture
def most(monkeypatch):
    """A law that has nappies cost 1.50 at most."""
    pack = load_pack("flanders")
    key = "extras.most.nappies"
    figure = Figure(key, Decimal("1.50"), march(1).replace(year=2014), None, "made up", Confidence.UNVERIFIED)
    made_up = Pack("made_up", {**pack.figures, key: (figure,)})
    monkeypatch.setattr(listed, "pack_on", lambda location, on: made_up)


def publish(kept, *extras):
    return publish_prices(
        principal=SYSTEM, location=kept.scene.location, first=MARCH, prices={"extras": [*extras]}, now=NOW
    )


def charge(kept, **fields):
    given = {"day": march(5), "name": "Uitstap", "amount": euros("5.00")}
    return add_charge(principal=SYSTEM, charged=kept.scene.noor, now=NOW, **(given | fields))


def test_every_kind_of_a_pack_has_its_word_and_every_word_is_a_kind_of_a_pack():
    """Whatever the date: kinds that held once stand on invoices, those to come will."""
    assert listed_anywhere(EACH_STAY) | listed_anywhere(ONCE) == set(KINDS)
    assert not listed_anywhere(EACH_STAY) & listed_anywhere(ONCE)


def test_a_most_is_of_a_kind_that_is_listed():
    mosts = {key.removeprefix(f"{MOST}.") for pack in PACKS for key in pack.figures if key.startswith(MOST)}
    assert mosts <= set(KINDS)


def listed_anywhere(key):
    """The kinds that some pack lists under a key on some date."""
    return {kind for pack in PACKS for figure in pack.figures.get(key, ()) for kind in figure.value.split()}


def test_at_a_price_by_income_a_list_chooses_a_kind_and_says_which(kept, client, prices_page):
    typed = {
        "from_day": "2026-03-01",
        "charge_1": "nappies",
        "charge_1_more": "size 4",
        "charge_1_full": "1.50",
    }
    refused = client.post(prices_page, {**typed, "charge_1": "meals"})
    assert refused.status_code == 422
    assert "leave it out" in str(refused.context["form"].errors["charge_1"])
    assert not PriceList.objects.exists()
    twice = client.post(
        prices_page, {**typed, "charge_2": "nappies", "charge_2_more": "size 4", "charge_2_full": "1"}
    )
    assert set(twice.context["form"].errors) == {"charge_1", "charge_2"}
    both = {**typed, "charge_2": "nappies", "charge_2_more": "night", "charge_2_half": "1"}
    assert client.post(prices_page, both).status_code == 302
    assert PriceList.objects.get().extras == [
        {"kind": "nappies", "name": "extra.nappies: size 4", "full": "1.50", "half": "0"},
        {"kind": "nappies", "name": "extra.nappies: night", "full": "0", "half": "1"},
    ]
    page = client.get(prices_page).content.decode()
    assert "Nappies: size 4" in page and "extra.nappies" not in page and "To check" not in page


def test_the_form_of_the_next_list_begins_with_the_one_before(kept, client, prices_page):
    typed = {"from_day": "2026-03-01", "full": "40.00", "sibling_percent": "10", "charge_1": "nappies"}
    typed |= {"charge_1_more": "size 4", "charge_1_full": "1.50", "charge_1_half": "0.90"}
    assert client.post(prices_page, typed).status_code == 302
    form = client.get(prices_page).context["form"]
    assert form["from_day"].value() is None
    assert {name: f"{form[name].value()}" for name in typed if name != "from_day"} == {
        name: text for name, text in typed.items() if name != "from_day"
    }


def test_a_price_without_its_comma_is_asked_again(kept, client, prices_page):
    refused = client.post(prices_page, {"from_day": "2026-03-01", "full": "4000", "month": "900"})
    assert set(refused.context["form"].errors) == {"full"} and not PriceList.objects.exists()


def test_its_lines_speak_the_payers_language(kept, fee):
    publish(kept, {**NAPPIES, "name": "extra.nappies: taille 4"})
    # 10 x (12.34 + 2.00)
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("143.40")}
    line = InvoiceLine.objects.filter(what__startswith="extra.").first()
    with translation.override("fr"):
        assert what(line) == "Couches: taille 4"
    assert charge_words("extra.nappies") == "Nappies" and charge_words("Zoo: trip") == "Zoo: trip"


def test_the_service_refuses_what_isnt_listed_with_the_remedy(kept):
    for extras in ([MEALS], [NAPPIES, MEALS], [{**MEALS, "kind": "late_pick_up"}]):
        with pytest.raises(RefusedError) as refused:
            publish(kept, *extras)
        assert "“Meals”" in str(refused.value.message) and "Nappies, Care products" in str(
            refused.value.message
        )
    assert publish(kept, NAPPIES).extras == [NAPPIES]


def test_one_place_by_income_is_enough_and_free_ones_take_any_name(kept, client, prices_page):
    Group.objects.update(price_kind="free")
    typed = {"from_day": "2026-03-01", "charge_1": "Meals", "charge_1_full": "3"}
    assert client.post(prices_page, typed).status_code == 302
    assert "To check" not in client.get(prices_page).content.decode()
    kept.scene.noor.refresh_from_db()
    charge(kept)
    kept.scene.group.price_kind = "income"
    kept.scene.group.save()
    page = client.get(prices_page).content.decode()
    assert "To check" in page and "Meals, Uitstap" in page, "what was written is shown"
    assert client.post(prices_page, {**typed, "replaces": "on"}).status_code == 422


def test_a_charge_of_one_day_is_listed_or_a_late_pick_up_or_given_back(kept, client):
    page = reverse("billing:fee", args=[kept.scene.location.slug, kept.scene.noor.reference])
    typed = {"do": "charge", "day": "2026-03-12", "amount": "10.00"}
    refused = client.post(page, {**typed, "name": "Zoo"})
    assert "Late pick-up" in str(refused.context["charge"].errors["kind"])
    assert client.post(page, {**typed, "kind": "meals"}).status_code == 422
    nameless = client.post(page, {**typed, "amount": "-4"})
    assert list(nameless.context["charge"].errors) == ["name"]
    assert client.post(page, {**typed, "amount": "-4", "name": "Zoo"}).status_code == 302
    assert client.post(page, {**typed, "kind": "late_pick_up", "name": "18:40"}).status_code == 302
    assert list(OneCharge.objects.order_by("pk").values_list("kind", "name")) == [
        ("", "Zoo"),
        ("late_pick_up", "extra.late_pick_up: 18:40"),
    ]
    assert "Late pick-up: 18:40" in client.get(page).content.decode()


def test_more_than_a_known_most_is_refused_for_a_stay_and_once(kept, most):
    with pytest.raises(RefusedError, match=r"1\.50 at most"):
        publish(kept, NAPPIES)
    with pytest.raises(RefusedError, match="at most by law"):
        charge(kept, kind="nappies", name="extra.nappies")
    publish(kept, {**NAPPIES, "full": "1.50"})
    charge(kept, kind="nappies", name="extra.nappies", amount=euros("1.50"))
    charge(kept, kind="administration", name="extra.administration", amount=euros("50.00"))


def test_what_was_charged_beside_a_place_of_one_day_is_to_check_too(kept):
    request = kim_of(kept)
    takes(kept, request)
    care = UnplacedCare.objects.get(child=request.child)
    row = {"care": care, "day": WEDNESDAY, "amount": euros("4.00"), "made_at": NOW}
    OneCharge.objects.create(name="Soep", **row)
    OneCharge.objects.create(kind="nappies", name="extra.nappies", **row)
    OneCharge.objects.create(name="Taart", taken_back_at=NOW, **row)
    assert listed.outside_the_list(kept.scene.location, march(20)) == ["Soep"]
    Group.objects.update(price_kind="free")
    assert listed.outside_the_list(kept.scene.location, march(20)) == []
