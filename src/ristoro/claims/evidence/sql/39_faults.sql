-- What failed for which mailbox while it was there, by the host's fault, and whether it was
-- declared: messages late or lost, sign-ins refused. A full mailbox and a refused sender are no
-- faults of the host.
CREATE OR REPLACE TEMP TABLE faults AS
WITH ended AS (
    SELECT
        mailbox_id, bucket, brand, store, created_us, closed_us, came, cause,
        arrived_us, deferred_us, ended_us, file, line, filename
    FROM told
    WHERE
        life NOT IN (SELECT life FROM lives_twice)
        AND coalesce(arrived_us, deferred_us, ended_us) < $until
        AND (fate IN ('deferred', 'open', 'held') OR coalesce(ended_us, arrived_us) >= $since)
    UNION ALL
    SELECT
        b.mailbox_id, b.bucket, b.brand, b.store, b.created_us, b.closed_us, m.came, m.cause,
        m.arrived_at, m.first_deferred_at, m.ended_at,
        m.last.file, m.last.line, m.last.filename
    FROM messages AS m
    INNER JOIN boxes AS b ON m.mailbox = b.mailbox
),

found AS (
    SELECT
        'inbound' AS component, mailbox_id, bucket, brand, store, came AS what,
        coalesce(deferred_us, ended_us, arrived_us) AS at_us,
        CASE WHEN came = 'late' THEN ended_us - arrived_us END AS waited_us,
        file, line, filename
    FROM ended
    WHERE
        came IN ('late', 'bounced', 'expired', 'deleted', 'held', 'waiting')
        AND coalesce(cause, '') NOT IN ('mailbox-full', 'sender')
        AND coalesce(deferred_us, ended_us, arrived_us) >= created_us
        AND coalesce(deferred_us, ended_us, arrived_us) < closed_us
    UNION ALL
    SELECT
        way, mailbox_id, bucket, brand, store, 'refused-sign-in', at_us, NULL, file, line, filename
    FROM signed_in
    WHERE ended IN ('ours', 'cut')
)

SELECT f.*, d.since IS NOT NULL AS declared
FROM found AS f
LEFT JOIN declared AS d
    ON f.component = d.component AND f.brand = d.brand AND f.store = d.store
    AND f.at_us >= d.since AND f.at_us < d.until
