"""The real file of one city, imported twice and taken back."""

import pytest

from kribbe.places.importing.files import read_path
from kribbe.places.importing.mapping import guess, known_words
from kribbe.places.importing.run import preview
from kribbe.places.importing.undo import undo_import
from kribbe.places.models import (
    Location,
)
from kribbe.places.tests.import_scene import REAL, Scene, bring_in, make_scene
from kribbe.testing.clock import Clock
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db

AMSTERDAM = REAL / "amsterdam-locations.csv"
HEAD = "licence number,name,kind,address,postcode,city,lon,lat,organiser,places,phone\n"


@built_once
def scene() -> Scene:
    return make_scene()


@pytest.mark.skipif(not AMSTERDAM.exists(), reason="the file of Amsterdam isn't at hand")
class TestAmsterdam:
    """The register's file of 1,033 rows; counts by hand from the columns as they stand."""

    # 224 out-of-school care + 7 agencies = 231 refused; 1,033 - 231 = 802 taken:
    # 321 day-care centres + 192 playgroups + 289 without a kind.
    TOTALS = {"rows": 1033, "created": 802, "updated": 0, "unchanged": 0, "refused": 231, "warned": 338}

    def test_dry_run_without_the_municipality(self, clock: Clock) -> None:
        table = read_path(AMSTERDAM, header_words=known_words)
        made = preview(table=table, mapping=guess(table).mapping, desk=None, now=clock.now)
        codes = [reason.code for reason in made.reasons]
        assert made.totals() == self.TOTALS
        assert made.homeless == "Amsterdam"
        assert codes.count("missing_licence") == 1
        assert codes.count("missing_kind") == 289
        assert codes.count("missing_places") == 296
        assert codes.count("missing_organiser") == 351
        assert codes.count("not_day_care") == 231
        assert codes.count("date_other_format") == 1

    def test_for_real_twice_and_back(self, scene: Scene, clock: Clock) -> None:
        home = scene.lindedaal.municipality
        home.name_nl, home.outline = "Amsterdam", None
        home.save()
        table = read_path(AMSTERDAM, header_words=known_words)
        done = bring_in(table, now=clock.now)
        assert done.plan.totals() == self.TOTALS
        assert Location.objects.filter(active=True).count() == 321 + 192
        assert bring_in(table, now=clock.now).plan.totals()["unchanged"] == 802
        undone = undo_import(principal=SYSTEM, run_id=done.runs[0].pk, now=clock.now)
        assert (undone.removed, undone.kept, Location.objects.count()) == (802, [], 0)
