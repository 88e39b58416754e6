"""The newest claims that share a number, and the undecided ones that are due first, are found
without reading all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_in_kind")]

    operations = [
        migrations.RemoveIndex(model_name="trait", name="traits_by_value"),
        migrations.AddIndex(
            model_name="trait",
            index=models.Index(fields=["sign", "value", "-claim"], name="traits_by_value_newest"),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                fields=["due_on", "id"],
                name="claims_undecided_by_due",
                condition=models.Q(state__in=[2, 3, 6]),
            ),
        ),
    ]
