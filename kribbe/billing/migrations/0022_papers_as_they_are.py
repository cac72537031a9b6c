"""A paper is compressed already: the database keeps its bytes as they are instead of trying in vain."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0021_lowered_by_settling'),
    ]

    operations = [
        migrations.RunSQL(
            'ALTER TABLE "billing_invoicepaper" ALTER COLUMN "pdf" SET STORAGE EXTERNAL',
            'ALTER TABLE "billing_invoicepaper" ALTER COLUMN "pdf" SET STORAGE EXTENDED',
        ),
    ]
