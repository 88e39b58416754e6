"""A grant knows since when it is in its state, and an answer why the holder gave it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0002_reversal"),
    ]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="answer",
            name="reason",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
    ]
