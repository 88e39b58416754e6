"""A run's page of facts is published by a person; those of before were public from approval on."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def keep_public(apps: Any, schema_editor: Any) -> None:
    del schema_editor
    approved = apps.get_model("remedies", "Run").objects.exclude(approved_at=None)
    approved.update(published_at=F("approved_at"), published_by=F("approved_by"))


class Migration(migrations.Migration):
    dependencies = [
        ("remedies", "0001_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="published_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="run",
            name="published_by",
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.RunPython(keep_public, migrations.RunPython.noop),
    ]
