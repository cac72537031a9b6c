"""Days of which the register's last word is that the child wasn't there, and nothing was told, weren't told."""

from django.db import migrations

NOT_THERE = """
INSERT INTO planning_absence (placement_id, day, kind, side, told_at, told_by, late)
SELECT last.placement_id, last.day, 'untold', 'location', last.made_at, last.made_by, false
FROM (
    SELECT DISTINCT ON (placement_id, day) * FROM attendance_correction
    WHERE placement_id IS NOT NULL ORDER BY placement_id, day, made_at DESC, id DESC
) last
JOIN enrolment_placement p ON p.id = last.placement_id AND last.day <@ p.during
WHERE cardinality(last.starts) = 0
  AND NOT EXISTS (
    SELECT FROM planning_absence a
    WHERE a.placement_id = last.placement_id AND a.day = last.day AND a.taken_back_at IS NULL
  )
"""


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0005_child_photo"),
        ("enrolment", "0001_initial"),
        ("planning", "0016_illness"),
    ]

    operations = [migrations.RunSQL(NOT_THERE, migrations.RunSQL.noop)]
