"""Letters found by their mailbox."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("singles", "0001_first")]

    operations = [
        migrations.AddIndex(
            model_name="single",
            index=models.Index(fields=["mailbox_id"], name="single_by_mailbox"),
        ),
    ]
