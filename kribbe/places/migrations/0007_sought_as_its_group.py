from django.db import migrations, models
from django.db.models import deletion

OF_ITS_GROUP = """
UPDATE places_groupavailability availability
SET location_id = groups.location_id, active = groups.active, price_kind = groups.price_kind
FROM places_group groups WHERE groups.id = availability.group_id
"""

CARRIED = """
ALTER TABLE places_groupavailability ADD CONSTRAINT availability_as_its_group
    FOREIGN KEY (group_id, location_id, active, price_kind)
    REFERENCES places_group (id, location_id, active, price_kind) ON UPDATE CASCADE DEFERRABLE
"""
"""Judged at once, so that a row that is written holds its group still until it is there; deferrable for a restore."""


class Migration(migrations.Migration):
    """The row that search reads says the location, use and price of its group, which the database keeps true."""

    dependencies = [("places", "0006_longer_holders")]

    operations = [
        migrations.AddField(
            model_name="groupavailability",
            name="location",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=deletion.DO_NOTHING,
                related_name="+",
                to="places.location",
            ),
        ),
        migrations.AddField(
            model_name="groupavailability", name="active", field=models.BooleanField(null=True)
        ),
        migrations.AddField(
            model_name="groupavailability", name="price_kind", field=models.CharField(max_length=10, null=True)
        ),
        migrations.RunSQL(OF_ITS_GROUP, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="groupavailability",
            name="location",
            field=models.ForeignKey(
                db_constraint=False, on_delete=deletion.DO_NOTHING, related_name="+", to="places.location"
            ),
        ),
        migrations.AlterField(
            model_name="groupavailability", name="active", field=models.BooleanField()
        ),
        migrations.AlterField(
            model_name="groupavailability", name="price_kind", field=models.CharField(max_length=10)
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.UniqueConstraint(
                fields=("id", "location", "active", "price_kind"), name="group_as_sought"
            ),
        ),
        migrations.RunSQL(
            CARRIED,
            "ALTER TABLE places_groupavailability DROP CONSTRAINT availability_as_its_group",
        ),
    ]
