-- What worked for which mailbox: a message delivered, a sign-in; each once.
CREATE OR REPLACE TEMP TABLE goods AS
WITH told AS (
    SELECT
        'inbound' AS component, mailbox, epoch_us(ended_at) AS at_us,
        arg_min({'line': last_line, 'file': last_file, 'filename': filename}, filename) AS place
    FROM read_parquet($histories, filename = true)
    WHERE
        fate = 'sent' AND epoch_us(ended_at) >= $since AND epoch_us(ended_at) < $until
        AND came_of(fate, deferrals, reason) <> 'passed-on'
    GROUP BY mailbox, host, queue_id, ended_at
    UNION ALL
    SELECT
        way, mailbox, epoch_us("at"),
        arg_min({'line': line, 'file': file, 'filename': filename}, filename)
    FROM read_parquet($sign_ins, filename = true)
    WHERE ended = 'good' AND epoch_us("at") >= $since AND epoch_us("at") < $until
    GROUP BY way, mailbox, host, "at", session
)

SELECT
    t.component, b.brand, b.store, b.mailbox_id, t.at_us, t.place,
    coalesce(t.at_us < d.until, false) AS declared_down
FROM told AS t
INNER JOIN boxes AS b ON t.mailbox = b.mailbox
ASOF LEFT JOIN down AS d
    ON t.component = d.component AND b.brand = d.brand AND b.store = d.store
    AND t.at_us >= d.since
