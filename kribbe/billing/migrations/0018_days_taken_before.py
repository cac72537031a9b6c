"""Places of one day that families took before they were written down when taken: somebody pays for these too."""

from datetime import date

from django.db import migrations
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Min, Q


def write_down(apps, schema_editor):
    """One row a child and location, from the month of its first day on; those that stand stay as they are."""
    care, taken = apps.get_model("billing", "ClubCare"), apps.get_model("attendance", "DayInvite")
    standing = taken.objects.filter(Q(state="taken") & ~Q(direct__undone_at__isnull=False))
    pairs = standing.order_by().values_list("group__location_id", "request__child_id")
    known = set(care.objects.filter(location__isnull=False).values_list("location_id", "child_id"))
    care.objects.bulk_create(
        care(location_id=site, child_id=child, during=DateRange(date(first.year, first.month, 1), None))
        for site, child, first in pairs.annotate(first=Min("day"))
        if (site, child) not in known
    )


class Migration(migrations.Migration):

    dependencies = [
        ('attendance', '0006_not_there'),
        ('billing', '0017_stuck'),
        ('enrolment', '0012_direct_question'),
    ]

    operations = [migrations.RunPython(write_down, migrations.RunPython.noop, elidable=True)]
