-- What some buckets are owed, in the order of rows, as the figures that a grant must have.
SELECT
    bucket,
    mailbox_id,
    CAST(remedy_no AS SMALLINT) AS remedy,
    CAST(LIST_POSITION($3, kind) AS SMALLINT) AS kind,
    amount,
    currency,
    base,
    target,
    base_until,
    until,
    deadline
FROM outcomes
WHERE reason = '' AND bucket >= CAST($1 AS SMALLINT) AND bucket < CAST($2 AS SMALLINT)
ORDER BY bucket, mailbox_id, remedy_no
