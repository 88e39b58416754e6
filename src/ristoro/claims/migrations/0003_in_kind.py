"""What a finding offers in kind, and how the holder's choice stands."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0002_examining"),
    ]

    operations = [
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("mailbox_id", models.BigIntegerField()),
                ("bucket", models.SmallIntegerField()),
                (
                    "kind",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Storage"),
                            (2, "Extension"),
                            (3, "Service Days"),
                            (4, "Credit"),
                            (5, "Refund"),
                            (6, "Indemnity"),
                        ]
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("instead_minor", models.BigIntegerField()),
                ("answer_by", models.DateField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("base", models.BigIntegerField(null=True)),
                ("target", models.BigIntegerField(null=True)),
                ("base_until", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Waiting"),
                            (2, "Planned"),
                            (3, "Sending"),
                            (4, "Applied"),
                            (5, "Verified"),
                            (6, "Deferred"),
                            (7, "Refused"),
                            (8, "Unknown"),
                            (9, "Declined"),
                            (10, "Reversed"),
                            (11, "Lapsed"),
                        ],
                        default=1,
                    ),
                ),
                ("result", models.CharField(blank=True, max_length=40)),
                ("since", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="settlement",
            name="settlement_once",
        ),
        migrations.AddField(
            model_name="finding",
            name="in_kind",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="offer",
            name="claim",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="claims.claim"
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="finding",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="claims.finding"
            ),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(fields=["state", "id"], name="offers_by_state"),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                models.F("mailbox_id"), models.F("claim"), models.F("finding"), name="offer_once"
            ),
        ),
    ]
