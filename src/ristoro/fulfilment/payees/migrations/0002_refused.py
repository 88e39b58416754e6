"""Whether a bank did not take a transfer to the account."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payees", "0001_first")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="refused_at",
            field=models.DateTimeField(null=True),
        ),
    ]
