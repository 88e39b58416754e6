-- The histories that tell of a fault, and those that tell how what waited elsewhere ended.
CREATE OR REPLACE TEMP TABLE asked AS
WITH told AS (
    SELECT h.*
    FROM read_parquet($histories, filename = true) AS h
    WHERE h.mailbox IN (SELECT mailbox FROM boxes)
),

waiting AS (
    SELECT DISTINCT mailbox, host, queue_id FROM told WHERE fate IN ('deferred', 'open', 'held')
)

SELECT * FROM told
WHERE
    fate <> 'sent' OR deferrals > 0 OR arrived_at IS NULL
    OR (mailbox, host, queue_id) IN (SELECT (mailbox, host, queue_id) FROM waiting)
