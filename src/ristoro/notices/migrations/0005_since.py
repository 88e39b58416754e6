"""A notice knows since when it is in its state; one that moved before this does not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0004_reminders"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="since",
            field=models.DateTimeField(null=True),
        ),
    ]
