"""Getting used is free, or costs the ordinary price of a stay, as the house rules say; the sums are written out.

Noor begins on 6 April 2026, at 12.34 a day by her certificate and nappies of 1.00 a full and 0.50 a half day.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from kribbe.billing.models import FeeCertificate, Share
from kribbe.billing.selectors.changed import changes_since, touches
from kribbe.billing.selectors.drafts import drafted
from kribbe.billing.selectors.expected import expected
from kribbe.billing.tests.marched import THE_2ND, THE_20TH, euros, march
from kribbe.billing.tests.month import APRIL, MARCH, absent, came, house_rules, lines_of, price_list, run
from kribbe.billing.tests.visit_scene import BEGINS, SIX_HOURS, agree, visited
from kribbe.contact.models import Notice
from kribbe.enrolment.services.give_up import give_up
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.models import HouseRules
from kribbe.planning.selectors.visit_costs import with_costs
from kribbe.planning.services.getting_used import take_back_visit
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.clock import BRUSSELS
from kribbe.testing.worlds import built_once
from kribbe.web.templatetags.telling import money

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 3, 10, 9, tzinfo=BRUSSELS)


@built_once
def kept():
    return visited()


def asked(kept, month=MARCH):
    run(kept, month, THE_2ND)
    return [(day, what, amount) for day, what, amount in lines_of("An Maes") if day < BEGINS]


class TestByIncome:
    def test_a_short_and_a_long_visit(self, kept):
        # 12.34 x 60 % = 7.404, nappies 0.50; 12.34, nappies 1.00: 7.40 + 0.50 + 12.34 + 1.00 = 21.24
        agree(kept, march(9))
        agree(kept, march(12), SIX_HOURS)
        assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("21.24")}
        assert lines_of("An Maes") == [
            (march(9), "getting_used.half", euros("7.40")),
            (march(9), "Luiers", euros("0.50")),
            (march(12), "getting_used.full", euros("12.34")),
            (march(12), "Luiers", euros("1.00")),
        ]

    def test_the_hours_of_the_register_count(self, kept):
        """Agreed from nine to eleven, she stayed until half past two: five hours and a half are a full day."""
        agree(kept, march(9))
        came(kept.scene.noor, march(9), "09:00", "14:30")
        assert asked(kept)[0] == (march(9), "getting_used.full", euros("12.34"))

    def test_five_hours_are_a_full_day_and_a_minute_less_is_half_a_one(self, kept):
        agree(kept, march(9), (9 * 60, 14 * 60))
        agree(kept, march(10), (9 * 60, 14 * 60 - 1))
        whats = [what for _day, what, _amount in asked(kept) if what != "Luiers"]
        assert whats == ["getting_used.full", "getting_used.half"]

    def test_who_did_not_come_pays_nothing(self, kept):
        """The register was kept on that day, and Noor isn't in it: a visit isn't reserved."""
        agree(kept, march(9))
        came(kept.scene.lou, march(9), "09:00", "16:00")
        assert asked(kept) == []

    def test_a_visit_that_was_taken_back_costs_nothing(self, kept):
        visit = agree(kept, march(9))
        take_back_visit(principal=kept.scene.manager, visit_id=visit.pk, now=visit.made_at)
        assert asked(kept) == []

    def test_without_a_certificate_it_is_held_back(self, kept):
        FeeCertificate.objects.all().delete()
        agree(kept, march(9))
        assert [(each.about, each.day) for each in drafted(kept.books, MARCH).held] == [
            (kept.scene.noor, march(9))
        ]

    def test_in_the_month_of_the_first_day_it_stands_beside_its_stays(self):
        """April from Tuesday the 7th on, since Easter Monday is closed: 8 Mondays and Tuesdays less one are 7."""
        kept = visited()
        agree(kept, date(2026, 4, 2))
        # 7.40 + 0.50, then 7 x (12.34 + 1.00) = 93.38: together 101.28
        assert run(kept, APRIL, date(2026, 5, 2))["An Maes"] == euros("101.28")


class TestAReservedDay:
    @pytest.fixture
    def moving(self, kept):
        """Lou comes on Mondays from January on; from April it has a place in the next group, all days."""
        lou, scene = kept.scene.lou, kept.scene
        lou.during = (date(2026, 1, 5), date(2026, 4, 6))
        lou.save()
        kevers = cast.make_group(scene.location, 5, now=scene.now, name="Kevers")
        kept.next = cast.make_placement(
            lou.child, kevers, start=BEGINS, end=date(2027, 1, 1),
            pattern=WeekPattern.from_text("mon tue wed"), now=scene.now,
        )  # fmt: skip
        FeeCertificate.objects.create(
            books=kept.books, child=lou.child, during=(date(2026, 1, 1), None), day_fee=Decimal(10),
            recorded_at=scene.now,
        )  # fmt: skip
        return kept

    def days_of(self, kept):
        found = expected(kept.books, MARCH, [kept.scene.lou.child.household_id])
        return [(line.on, line.what) for each in found for line in each.result.lines if line.what != "Luiers"]

    def test_a_reserved_day_is_paid_once(self, moving):
        before = self.days_of(moving)
        agree(moving, march(9), placement=moving.next)
        assert self.days_of(moving) == before
        assert (march(9), "stay.full") in before

    def test_any_other_day_is_a_visit(self, moving):
        before = self.days_of(moving)
        agree(moving, march(11), placement=moving.next)
        assert sorted({*self.days_of(moving)} - {*before}) == [(march(11), "getting_used.half")]

    def test_a_day_of_absence_is_reserved_too(self, moving):
        absent(moving.scene.lou, march(9))
        before = self.days_of(moving)
        agree(moving, march(9), placement=moving.next)
        assert self.days_of(moving) == before

    def test_it_says_so_beforehand(self, moving):
        visit = agree(moving, march(9), placement=moving.next)
        [costed] = with_costs(moving.next, [visit])
        assert costed.cost == "gratis: deze dag is al gereserveerd"


class TestAtAFreePrice:
    @pytest.fixture
    def free(self, kept):
        kept.scene.group.price_kind = "free"
        kept.scene.group.save()
        return kept

    @pytest.mark.parametrize(
        ("prices", "what", "amount"),
        [
            ({"full": "30.00", "half": "18.00"}, "getting_used.half", "18.00"),
            ({"hour": "4.50"}, "getting_used.hours", "9.00"),
            # a package of ten half-days at 160.00: one is 16.00
            (
                {
                    "package_name": "Tien", "package_half_days": True, "package_size": 10,
                    "package_price": "160.00",
                },
                "getting_used.half", "16.00",
            ),
            # a package leaves a day's own price alone
            (
                {
                    "full": "30.00", "half": "18.00", "package_name": "Tien", "package_half_days": False,
                    "package_size": 10, "package_price": "250.00",
                },
                "getting_used.half", "18.00",
            ),
        ],
    )  # fmt: skip
    def test_the_price_of_the_list(self, free, prices, what, amount):
        price_list(free, date(2026, 2, 1), **prices)
        agree(free, march(9))
        assert asked(free) == [(march(9), what, euros(amount))]

    def test_a_list_by_the_month_alone_has_no_price_of_a_day(self, free):
        price_list(free, date(2026, 2, 1), month="500.00")
        agree(free, march(9))
        assert [each.day for each in drafted(free.books, MARCH).held] == [march(9)]


class TestFree:
    def test_the_house_rules_say_so(self):
        kept = visited(charged=False)
        agree(kept, march(9))
        came(kept.scene.noor, march(9), "09:00", "15:00")
        assert asked(kept) == []

    def test_without_house_rules_too(self, kept):
        HouseRules.objects.all()._raw_delete("default")
        assert not agree(kept, march(9)).is_charged

    def test_what_was_agreed_stays_so_when_the_house_rules_change(self):
        """A version of the day itself, published after the visit was agreed."""
        kept = visited(charged=False)
        visit = agree(kept, march(9))
        house_rules(kept, version=2, from_day=march(3), visits_charged=True)
        assert not visit.is_charged
        assert asked(kept) == []
        assert agree(kept, march(10)).is_charged


class TestTold:
    def test_what_is_told_is_what_the_run_asks(self, kept):
        visits = [agree(kept, march(9)), agree(kept, march(12), SIX_HOURS)]
        told = [each.cost for each in with_costs(kept.scene.noor, visits)]
        # 7.40 + 0.50 and 12.34 + 1.00
        assert told == ["€\xa07,90", "€\xa013,34"]
        assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("7.90") + euros("13.34")}

    def test_the_mail_says_it(self, kept):
        agree(kept, march(9))
        assert "Prijs: €\xa07,90." in Notice.objects.get(kind="planning/visit_agreed").body

    def test_the_mail_of_a_free_one_too(self):
        agree(visited(charged=False), march(9))
        assert "Prijs: gratis." in Notice.objects.get(kind="planning/visit_agreed").body

    def test_both_pages_say_it(self, kept, monkeypatch):
        monkeypatch.setattr(timezone, "now", lambda: TEN)
        agree(kept, march(12))
        scene = kept.scene
        manager = client_of(manager_of(scene.location, now=scene.now))
        page = manager.get(reverse("planning:getting_used", args=[scene.location.slug, scene.noor.reference]))
        with override("en"):
            price = money(euros("7.90"))
        assert price in page.content.decode()
        assert "Getting used costs the ordinary price" in page.content.decode()
        family = client_of(scene.parent_user()).get(reverse("planning:my_days"))
        assert price in family.content.decode()

    def test_where_nobody_keeps_books(self, kept):
        kept.scene.location.organiser = None
        kept.scene.location.save()
        [costed] = with_costs(kept.scene.noor, [agree(kept, march(9))])
        assert costed.cost == "de gewone prijs van een verblijf"


class TestAfterwards:
    def test_a_visit_that_the_register_denies_is_credited(self, kept):
        agree(kept, march(9))
        assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("7.90")}
        came(kept.scene.lou, march(9), "09:00", "16:00")
        assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("-7.90")}

    def test_a_place_that_was_given_up_costs_nothing(self, kept):
        agree(kept, march(9))
        run(kept, MARCH, THE_2ND)
        now = datetime(2026, 4, 3, 9, tzinfo=UTC)
        give_up(principal=kept.scene.parent, placement_id=kept.scene.noor.pk, now=now)
        assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("-7.90")}

    def test_the_month_is_counted_anew(self, kept):
        since = datetime(2026, 3, 1, tzinfo=UTC)
        agree(kept, march(9))
        changes = [each for each in changes_since(since, before=date(2026, 4, 1)) if each.first == march(9)]
        assert changes
        assert all(touches(each, kept.books, MARCH, since) for each in changes)
        assert not any(touches(each, kept.books, APRIL, since) for each in changes)

    def test_who_pays_the_first_day_pays_the_visits(self, kept):
        """Shares begin with the place; the first run makes those of a place that nobody pays for."""
        Share.objects.all().delete()
        agree(kept, march(9))
        assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("7.90")}
        assert Share.objects.get().during.lower == BEGINS
