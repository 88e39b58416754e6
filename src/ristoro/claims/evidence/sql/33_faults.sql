-- What failed for which mailbox, by the host's fault, and whether it was declared: messages late or
-- lost, sign-ins refused. A full mailbox and a refused sender are no faults of the host.
CREATE OR REPLACE TEMP TABLE faults AS
WITH told AS (
    SELECT
        'inbound' AS component, mailbox, came AS what,
        coalesce(first_deferred_at, ended_at, arrived_at) AS at_us,
        CASE WHEN came = 'late' THEN waited_us END AS waited_us,
        last AS place
    FROM messages
    WHERE
        came IN ('late', 'bounced', 'expired', 'deleted', 'held', 'waiting')
        AND coalesce(cause, '') NOT IN ('mailbox-full', 'sender')
    UNION ALL
    SELECT
        way, mailbox, 'refused-sign-in', epoch_us("at"), NULL,
        arg_min({'line': line, 'file': file, 'filename': filename}, filename)
    FROM read_parquet($sign_ins, filename = true)
    WHERE
        ended IN ('ours', 'cut') AND mailbox <> ''
        AND epoch_us("at") >= $since AND epoch_us("at") < $until
    GROUP BY way, mailbox, host, "at", session
)

SELECT
    t.component, b.brand, b.store, b.mailbox_id, b.bucket, t.what, t.at_us, t.waited_us, t.place,
    coalesce(t.at_us < d.until, false) AS declared
FROM told AS t
INNER JOIN boxes AS b ON t.mailbox = b.mailbox
ASOF LEFT JOIN declared AS d
    ON t.component = d.component AND b.brand = d.brand AND b.store = d.store
    AND t.at_us >= d.since
