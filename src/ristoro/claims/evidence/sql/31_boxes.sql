-- The mailboxes of the estate that the imports name.
CREATE OR REPLACE TEMP TABLE boxes AS
SELECT s.mailbox_id, s.bucket, s.brand, s.store, lower(s.address) AS mailbox
FROM read_parquet($snapshot) AS s
WHERE lower(s.address) IN (
    SELECT mailbox FROM read_parquet($histories)
    UNION
    SELECT mailbox FROM read_parquet($sign_ins)
)
