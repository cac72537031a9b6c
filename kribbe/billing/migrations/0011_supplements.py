
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0010_packages'),
    ]

    operations = [
        migrations.AddField(
            model_name='invoice',
            name='supplements',
            field=models.JSONField(default=list),
        ),
    ]
