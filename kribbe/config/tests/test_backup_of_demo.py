"""The whole invented region, out and into an empty database, with equal counts."""

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from kribbe.config.backup import catalogue
from kribbe.config.backup.taking import write
from kribbe.config.tests.test_backup import held, kribbe, new_embedded, quiet
from kribbe.demo.build import build
from kribbe.enrolment.models import CareRequest
from kribbe.places.models import Location
from kribbe.testing.clock import Clock


@pytest.mark.django_db
def test_the_demo_region_comes_back_whole(tmp_path):
    source = tmp_path / "demo.zip"
    with transaction.atomic():
        build(Clock().today)
        counts = {model._meta.db_table: model.objects.count() for model in (CareRequest, Location)}
        with connection.cursor():
            write(connection.connection, source, now=timezone.now(), progress=quiet)
    tables, _sequences = held(source)
    assert {name: tables[name][0] for name in counts} == counts
    assert counts["enrolment_carerequest"] > 1000
    with new_embedded() as empty:
        kribbe(empty, "restore", source)
        with psycopg.connect(empty) as raw:
            catalogue.settle(raw)
            for name, columns in catalogue.columns(raw).items():
                found = catalogue.sums(raw, name, columns)
                assert (found.rows, found.content) == tables[name], name
