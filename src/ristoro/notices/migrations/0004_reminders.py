"""A reminder has a day, and a mailbox has one reminder of a remedy a day."""

from datetime import date

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0003_by_address"),
        ("remedies", "0001_first"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="notice", name="notice_once"),
        migrations.AddField(
            model_name="notice",
            name="day",
            field=models.DateField(db_default=date(1970, 1, 1)),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                models.F("mailbox_id"),
                models.F("run"),
                models.F("kind"),
                models.F("about"),
                models.F("day"),
                name="notice_once",
            ),
        ),
    ]
