-- What some buckets are owed, in one order for ever, as the figures that a grant must have.
SELECT
    bucket, remedy_no, mailbox_id, kind, amount, currency, base, target, base_until, until
FROM outcomes
WHERE reason = '' AND bucket >= CAST($1 AS SMALLINT) AND bucket < CAST($2 AS SMALLINT)
ORDER BY bucket, remedy_no, mailbox_id
