"""The rows that did not go through get a table of their own, beside the millions that did."""

import django.db.models.deletion
from django.db import migrations, models

BACKFILL = """
    INSERT INTO workers_snag (run_id, act, state, code, row_id, at)
    SELECT run_id, {act}, state, result, id, coalesce(since, CURRENT_TIMESTAMP)
    FROM {table} WHERE state IN ({states})
"""
"""The states by their numbers, which never come to mean something else."""


class Migration(migrations.Migration):
    dependencies = [
        ("remedies", "0003_hands_and_wait"),
        ("workers", "0003_errand_step"),
        ("fulfilment", "0003_since_and_reason"),
        ("notices", "0005_since"),
    ]

    operations = [
        migrations.CreateModel(
            name="Snag",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "act",
                    models.SmallIntegerField(
                        choices=[(1, "Grants"), (2, "Notices"), (3, "Reconcile")]
                    ),
                ),
                ("state", models.SmallIntegerField()),
                ("code", models.CharField(max_length=40)),
                ("row_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("handled_by", models.CharField(blank=True, db_default="", max_length=150)),
                ("handled_at", models.DateTimeField(null=True)),
                ("handled_because", models.CharField(blank=True, db_default="", max_length=500)),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="remedies.run",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["run", "act", "state", "code", "row_id"], name="snag_in_order"
                    ),
                    models.Index(
                        condition=models.Q(("handled_at__isnull", False)),
                        fields=["run", "act", "state", "code"],
                        name="snag_handled",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("act"), models.F("row_id"), name="snag_once")
                ],
            },
        ),
        migrations.RunSQL(
            [
                BACKFILL.format(act=1, table="fulfilment_grant", states="6, 7, 8"),
                BACKFILL.format(act=2, table="notices_notice", states="5, 6, 7"),
            ],
            migrations.RunSQL.noop,
        ),
    ]
