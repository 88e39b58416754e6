"""The newest claims that share a number are found without reading all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_in_kind")]

    operations = [
        migrations.RemoveIndex(model_name="trait", name="traits_by_value"),
        migrations.AddIndex(
            model_name="trait",
            index=models.Index(fields=["sign", "value", "-claim"], name="traits_by_value_newest"),
        ),
    ]
