"""Claims, their documents, evidence, diary, findings and settlements."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("remedies", "0003_hands_and_wait"),
    ]

    operations = [
        migrations.CreateModel(
            name="Numbering",
            fields=[
                ("year", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("last", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("mailbox_id", models.BigIntegerField()),
                ("bucket", models.SmallIntegerField()),
                ("key", models.CharField(max_length=64)),
                ("number", models.CharField(blank=True, max_length=20)),
                ("address", models.CharField(max_length=254)),
                ("brand", models.CharField(max_length=40)),
                ("locale", models.CharField(max_length=5)),
                ("outage", models.CharField(max_length=80)),
                ("outage_digest", models.CharField(max_length=64)),
                (
                    "lost",
                    models.SmallIntegerField(
                        choices=[
                            (0, "Not Said"),
                            (1, "Mail Never Came"),
                            (2, "Mail Came Late"),
                            (3, "Could Not Send"),
                            (4, "Could Not Sign In"),
                            (5, "Other"),
                        ],
                        default=0,
                    ),
                ),
                ("counterparty", models.CharField(blank=True, max_length=254)),
                ("happened_on", models.DateField(null=True)),
                ("cost_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3)),
                (
                    "cost_kind",
                    models.SmallIntegerField(
                        choices=[(0, "Not Said"), (1, "Paid"), (2, "Lost Earnings"), (3, "Other")],
                        default=0,
                    ),
                ),
                ("how", models.TextField(blank=True)),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Draft"),
                            (2, "Filed"),
                            (3, "Examined"),
                            (4, "Settled"),
                            (5, "Refused"),
                            (6, "Appealed"),
                            (7, "Withdrawn"),
                        ]
                    ),
                ),
                ("since", models.DateTimeField()),
                ("begun_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                ("filed_at", models.DateTimeField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("evidence_digest", models.CharField(blank=True, max_length=64)),
                ("appeal_of", models.BigIntegerField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="remedies.run",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("mailbox_id", models.BigIntegerField()),
                ("bucket", models.SmallIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("sealed", models.CharField(max_length=64)),
                ("secret", models.BinaryField(max_length=32)),
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=40)),
                ("size", models.BigIntegerField()),
                ("scan", models.CharField(max_length=20)),
                ("added_at", models.DateTimeField()),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="claims.claim",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("mailbox_id", models.BigIntegerField()),
                ("bucket", models.SmallIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("body", models.TextField()),
                ("found_at", models.DateTimeField()),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="claims.claim",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("mailbox_id", models.BigIntegerField()),
                ("bucket", models.SmallIntegerField()),
                ("round", models.SmallIntegerField()),
                ("accepted", models.BooleanField()),
                ("amount_minor", models.BigIntegerField()),
                ("set_off_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reasons", models.TextField()),
                ("found_by", models.CharField(max_length=150)),
                ("found_by_id", models.BigIntegerField()),
                ("found_at", models.DateTimeField()),
                ("agreed_by", models.CharField(blank=True, max_length=150)),
                ("agreed_by_id", models.BigIntegerField(null=True)),
                ("agreed_at", models.DateTimeField(null=True)),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="claims.claim",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("mailbox_id", models.BigIntegerField()),
                ("bucket", models.SmallIntegerField()),
                ("key", models.CharField(max_length=64)),
                ("what", models.CharField(max_length=40)),
                ("by", models.CharField(max_length=150)),
                ("text", models.TextField(blank=True)),
                ("shown", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="claims.claim",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("mailbox_id", models.BigIntegerField()),
                ("bucket", models.SmallIntegerField()),
                ("how", models.CharField(max_length=20)),
                ("kind", models.SmallIntegerField(null=True)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("key", models.CharField(max_length=35)),
                ("state", models.CharField(max_length=20)),
                ("result", models.CharField(blank=True, max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="claims.claim",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="claims.finding",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["number"], name="claims_by_number"),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["address", "-id"], name="claims_by_address"),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["state", "due_on", "id"], name="claims_by_due"),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(
                models.F("mailbox_id"), models.F("key"), name="claim_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("filed_at__isnull", True), ("number", ""), ("state", 1)),
                    models.Q(
                        models.Q(("state", 1), _negated=True),
                        models.Q(("number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="claim_numbered",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                models.F("mailbox_id"), models.F("claim"), models.F("digest"), name="document_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(
                models.F("mailbox_id"), models.F("claim"), models.F("digest"), name="evidence_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(
                models.F("mailbox_id"), models.F("claim"), models.F("round"), name="finding_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agreed_by", ""),
                    models.Q(
                        models.Q(("agreed_by", models.F("found_by")), _negated=True),
                        models.Q(("agreed_by_id", models.F("found_by_id")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="finding_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.UniqueConstraint(
                models.F("mailbox_id"), models.F("claim"), models.F("key"), name="note_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.UniqueConstraint(
                models.F("mailbox_id"),
                models.F("claim"),
                models.F("finding"),
                name="settlement_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.UniqueConstraint(
                models.F("mailbox_id"), models.F("key"), name="settlement_key_once"
            ),
        ),
    ]
