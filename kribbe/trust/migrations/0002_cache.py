from django.db import migrations


class Migration(migrations.Migration):
    """The table of Django's database cache: rate limits count over all processes."""

    dependencies = [("trust", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE trust_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX trust_cache_expires ON trust_cache (expires);
            """,
            "DROP TABLE trust_cache",
        )
    ]
