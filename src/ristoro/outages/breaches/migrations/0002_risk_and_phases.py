"""An entry may assess the risk, and say what the authority was told in later phases."""

from django.db import migrations, models

KINDS = [
    ("declared", "Declared"),
    ("numbers", "Numbers"),
    ("nature", "Nature"),
    ("consequences", "Consequences"),
    ("risk", "Risk"),
    ("measures", "Measures"),
    ("people-told", "People Told"),
    ("notified", "Notified"),
    ("not-notified", "Not Notified"),
    ("supplement", "Supplement"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("breaches", "0001_first"),
    ]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=12),
        ),
    ]
