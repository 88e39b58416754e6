"""What a reading of the world found otherwise, who handled it, and reports as they were drawn up."""

import django.db.models.deletion
from django.db import migrations, models

RUN = "remedies.run"


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0003_since_and_reason"),
        ("remedies", "0001_first"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mismatch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("mailbox_id", models.BigIntegerField()),
                ("bucket", models.SmallIntegerField()),
                ("remedy", models.SmallIntegerField()),
                ("address", models.CharField(max_length=254)),
                ("code", models.CharField(max_length=40)),
                ("text", models.CharField(max_length=500)),
                ("found_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("handled_by", models.CharField(blank=True, max_length=150)),
                ("handled_at", models.DateTimeField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=RUN,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["run", "id"], name="mismatch_of_run")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("mailbox_id"),
                        models.F("run"),
                        models.F("remedy"),
                        name="mismatch_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64)),
                ("body", models.TextField()),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=RUN,
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["run", "id"], name="report_of_run")]},
        ),
    ]
