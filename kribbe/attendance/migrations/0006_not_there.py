"""Days of which the register's last word is that the child wasn't there: what was told of them holds again.

Where nothing was told, they weren't told.
"""

from django.db import migrations

TOLD = """
WITH last AS (
    SELECT DISTINCT ON (placement_id, day) * FROM attendance_correction
    WHERE placement_id IS NOT NULL ORDER BY placement_id, day, made_at DESC, id DESC
)
UPDATE planning_absence SET taken_back_at = NULL WHERE id IN (
    SELECT DISTINCT ON (a.placement_id, a.day) a.id
    FROM planning_absence a
    JOIN last ON last.placement_id = a.placement_id AND last.day = a.day AND cardinality(last.starts) = 0
    JOIN attendance_tap t ON t.placement_id = a.placement_id AND t.day = a.day
        AND t.received_at = a.taken_back_at AND 'was_absent' = ANY (t.marks)
    WHERE NOT EXISTS (
        SELECT FROM planning_absence other
        WHERE other.placement_id = a.placement_id AND other.day = a.day AND other.taken_back_at IS NULL
    )
    ORDER BY a.placement_id, a.day, a.told_at DESC, a.id DESC
)
"""
"""An absence that a check-in by mistake took back."""

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

    operations = [
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
        migrations.RunSQL(NOT_THERE, migrations.RunSQL.noop),
    ]
