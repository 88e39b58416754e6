"""Entries, their lines, the balances that sum them up, and what remedies are in the books."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Balance",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("bucket", models.SmallIntegerField()),
                ("run_id", models.IntegerField()),
                ("remedy", models.SmallIntegerField()),
                ("account", models.SmallIntegerField()),
                ("nature", models.SmallIntegerField()),
                ("unit", models.CharField(max_length=6)),
                ("debit", models.BigIntegerField()),
                ("credit", models.BigIntegerField()),
                ("lines", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("run_id"),
                        models.F("bucket"),
                        models.F("remedy"),
                        models.F("account"),
                        models.F("nature"),
                        models.F("unit"),
                        name="balance_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BookEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=100, unique=True)),
                ("at", models.DateTimeField()),
                ("about", models.CharField(max_length=200)),
                ("code", models.CharField(blank=True, max_length=20)),
                ("mailbox_id", models.BigIntegerField(null=True)),
                ("bucket", models.SmallIntegerField()),
                ("run_id", models.IntegerField(null=True)),
                ("remedy", models.SmallIntegerField(null=True)),
                ("grant_id", models.BigIntegerField(null=True)),
                ("through", models.SmallIntegerField(null=True)),
            ],
            options={
                "db_table": "books_entry",
                "indexes": [
                    models.Index(fields=["run_id", "id"], name="book_entry_of_run"),
                    models.Index(
                        condition=models.Q(("grant_id__isnull", False)),
                        fields=["grant_id", "id"],
                        name="book_entry_of_grant",
                    ),
                    models.Index(
                        condition=models.Q(("mailbox_id__isnull", False)),
                        fields=["mailbox_id", "id"],
                        name="book_entry_of_mailbox",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookLine",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("run_id", models.IntegerField(null=True)),
                ("account", models.SmallIntegerField()),
                ("nature", models.SmallIntegerField()),
                ("side", models.SmallIntegerField()),
                ("amount", models.BigIntegerField()),
                ("unit", models.CharField(max_length=6)),
            ],
            options={
                "db_table": "books_line",
                "indexes": [
                    models.Index(fields=["account", "nature", "id"], name="book_line_of_account"),
                    models.Index(
                        fields=["run_id", "account", "nature", "id"], name="book_line_of_run"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="book_line_amount"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", (1, 2))), name="book_line_side"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("run_id", models.IntegerField()),
                ("remedy", models.SmallIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("nature", models.SmallIntegerField()),
                ("money", models.BooleanField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("run_id"), models.F("remedy"), name="term_once"
                    )
                ],
            },
        ),
    ]
