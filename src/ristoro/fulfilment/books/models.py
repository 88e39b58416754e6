"""The tables: entries and their lines, never changed, and the balances that sum them up."""

from __future__ import annotations

from django.db import models


class BookEntry(models.Model):
    """One entry of the books; ``books.Entry`` says what its fields mean.

    ``bucket`` is the mailbox's, or that of the rows an entry sums up, or 0.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField()
    about = models.CharField(max_length=200)
    code = models.CharField(max_length=20, blank=True)
    mailbox_id = models.BigIntegerField(null=True)
    bucket = models.SmallIntegerField()
    run_id = models.IntegerField(null=True)
    remedy = models.SmallIntegerField(null=True)
    grant_id = models.BigIntegerField(null=True)
    through = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "books_entry"
        indexes = [
            models.Index(fields=["run_id", "id"], name="book_entry_of_run"),
            models.Index(
                fields=["grant_id", "id"],
                name="book_entry_of_grant",
                condition=models.Q(grant_id__isnull=False),
            ),
            models.Index(
                fields=["mailbox_id", "id"],
                name="book_entry_of_mailbox",
                condition=models.Q(mailbox_id__isnull=False),
            ),
        ]


class BookLine(models.Model):
    """So much on one side of an account.

    ``id`` is that of its entry times ``entries.LINES_AN_ENTRY``, and its place from 0: an entry's
    lines are a range, and an index on the entry is spared. ``run_id`` is the entry's.
    """

    id = models.BigIntegerField(primary_key=True)
    run_id = models.IntegerField(null=True)
    account = models.SmallIntegerField()
    nature = models.SmallIntegerField()
    side = models.SmallIntegerField()
    amount = models.BigIntegerField()
    unit = models.CharField(max_length=6)

    class Meta:
        db_table = "books_line"
        indexes = [
            models.Index(fields=["account", "nature", "id"], name="book_line_of_account"),
            models.Index(fields=["run_id", "account", "nature", "id"], name="book_line_of_run"),
        ]
        constraints = [
            models.CheckConstraint(name="book_line_amount", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(name="book_line_side", condition=models.Q(side__in=(1, 2))),
        ]


class Balance(models.Model):
    """What the lines of one bucket, run, remedy, account, nature and unit come to, on both sides.

    Kept in the transaction that posts them, by bucket, so that many who post do not wait for one
    row. ``run_id`` is 0 and ``remedy`` -1 where the entries are of none.
    """

    id = models.BigAutoField(primary_key=True)
    bucket = models.SmallIntegerField()
    run_id = models.IntegerField()
    remedy = models.SmallIntegerField()
    account = models.SmallIntegerField()
    nature = models.SmallIntegerField()
    unit = models.CharField(max_length=6)
    debit = models.BigIntegerField()
    credit = models.BigIntegerField()
    lines = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                *("run_id", "bucket", "remedy", "account", "nature", "unit"), name="balance_once"
            ),
        ]


class Term(models.Model):
    """What a run's remedy is in the books, as its policy said when the run began.

    ``money`` says whether it gives any; the unit of what is given is each grant's. A run without
    terms is in no books: nothing of it is posted.
    """

    id = models.BigAutoField(primary_key=True)
    run_id = models.IntegerField()
    remedy = models.SmallIntegerField()
    name = models.CharField(max_length=200)
    nature = models.SmallIntegerField()
    money = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint("run_id", "remedy", name="term_once")]
