-- The same where imports tell of one time: what two of them tell counts once, as the one tells it
-- that knows its end.
WITH once AS (
    SELECT
        arg_max(
            came_of(fate, deferrals, reason),
            (fate IN ('sent', 'bounced', 'expired', 'deleted'), coalesce(epoch_us(ended_at), 0))
        ) AS came
    FROM read_parquet($histories)
    WHERE arrived_at >= $since AND arrived_at < $until AND recipient IS NOT NULL
    GROUP BY host, queue_id, arrived_at, recipient
)

SELECT came, count(*) AS messages
FROM once
GROUP BY came
ORDER BY came
