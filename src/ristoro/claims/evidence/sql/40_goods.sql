-- What worked for which mailbox while it was there: a message delivered, a sign-in; each once.
CREATE OR REPLACE TEMP TABLE goods AS
WITH delivered AS (
    SELECT
        mailbox_id, brand, store, host, queue_id, ended_us, file, line, filename,
        life IN (SELECT life FROM lives_twice) AS twice
    FROM told
    WHERE
        fate = 'sent' AND came <> 'passed-on' AND ended_us >= $since AND ended_us < $until
        AND ended_us >= created_us AND ended_us < closed_us
),

found AS (
    SELECT
        'inbound' AS component, mailbox_id, brand, store, ended_us AS at_us, file, line, filename
    FROM delivered
    WHERE NOT twice
    UNION ALL
    SELECT
        'inbound', mailbox_id, any_value(brand), any_value(store), ended_us,
        arg_min(file, filename), arg_min(line, filename), min(filename)
    FROM delivered
    WHERE twice
    GROUP BY mailbox_id, host, queue_id, ended_us
    UNION ALL
    SELECT way, mailbox_id, brand, store, at_us, file, line, filename
    FROM signed_in
    WHERE ended = 'good'
)

SELECT f.*, d.since IS NOT NULL AS declared_down
FROM found AS f
LEFT JOIN down AS d
    ON f.component = d.component AND f.brand = d.brand AND f.store = d.store
    AND f.at_us >= d.since AND f.at_us < d.until
