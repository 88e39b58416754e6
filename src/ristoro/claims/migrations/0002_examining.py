"""What an examiner writes beside a finding, who has a claim, what makes claims alike."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0001_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="finding",
            name="codes",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="finding",
            name="evidence_digest",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="finding",
            name="given",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="finding",
            name="outcome",
            field=models.CharField(default="", max_length=20),
        ),
        migrations.AddField(
            model_name="finding",
            name="second",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="finding",
            name="sent_back_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="finding",
            name="together",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="finding",
            name="words",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.CreateModel(
            name="Taken",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person", models.CharField(max_length=150)),
                ("person_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="claims.claim",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Together",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("facts", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=64, unique=True)),
                ("claims", models.JSONField()),
                ("sample", models.JSONField()),
                ("opened", models.JSONField(default=list)),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[(1, "Prepared"), (2, "Released"), (3, "Dropped")]
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=20)),
                ("codes", models.JSONField(default=list)),
                ("words", models.TextField(blank=True)),
                ("amount_minor", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("made_by", models.CharField(max_length=150)),
                ("made_by_id", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(null=True)),
                ("released_by", models.CharField(blank=True, max_length=150)),
                ("released_by_id", models.BigIntegerField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_by", ""),
                            models.Q(
                                models.Q(("released_by", models.F("made_by")), _negated=True),
                                models.Q(("released_by_id", models.F("made_by_id")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="together_two_people",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Trait",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sign", models.SmallIntegerField()),
                ("value", models.BigIntegerField()),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="claims.claim",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["sign", "value"], name="traits_by_value")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("claim"), models.F("sign"), models.F("value"), name="trait_once"
                    )
                ],
            },
        ),
    ]
