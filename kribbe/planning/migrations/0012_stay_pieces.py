from django.db import migrations

CHAIN = """
    WITH pieces AS (
        SELECT DISTINCT weeks.agreement_id, place.id, lower(place.during) AS start
        FROM planning_agreedweeks weeks JOIN enrolment_placement place ON place.id = weeks.placement_id
    ), chained AS (
        SELECT pieces.id, coalesce(
            lag(pieces.id) OVER (PARTITION BY agreement.id ORDER BY pieces.start, pieces.id), agreement.placement_id
        ) AS before
        FROM pieces JOIN planning_careagreement agreement ON agreement.id = pieces.agreement_id
    )
    UPDATE enrolment_placement place SET replaces_id = chained.before
    FROM chained
    WHERE place.id = chained.id AND place.replaces_id IS NULL AND place.offer_id IS NULL
      AND chained.before <> place.id
"""
"""Places that carry an agreement on name the piece of the stay before them."""


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0010_turns_of_more_weeks"),
        ("planning", "0011_turns_of_more_weeks"),
    ]

    operations = [migrations.RunSQL(CHAIN, migrations.RunSQL.noop)]
