from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='CallWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('caller', models.CharField(max_length=64)),
                ('minute', models.BigIntegerField()),
                ('calls', models.PositiveIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['minute'], name='call_window_minute')],
                'constraints': [models.UniqueConstraint(fields=('caller', 'minute'), name='call_window_once')],
            },
        ),
    ]
