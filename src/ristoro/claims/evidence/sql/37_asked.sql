-- The whole histories of which there is more than one, to be put together.
CREATE OR REPLACE TEMP TABLE asked AS
SELECT *
FROM read_parquet($histories, filename = true)
WHERE
    mailbox >= $low AND mailbox < $high
    AND hash(mailbox, host, queue_id) IN (SELECT life FROM lives_twice)
