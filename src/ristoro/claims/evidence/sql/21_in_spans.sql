-- How many messages that came within each span of ``spans`` ended in which way, for a recipient;
-- what two imports tell counts once, as the one tells it that knows its end.
WITH told AS (
    SELECT
        host, queue_id, recipient, epoch_us(arrived_at) AS arrived_at, fate, deferrals, reason,
        fate IN ('sent', 'bounced', 'expired', 'deleted') AS final,
        epoch_us(ended_at) AS ended_at
    FROM read_parquet($histories)
    WHERE arrived_at IS NOT NULL AND recipient IS NOT NULL
),

once AS (
    SELECT
        s.number,
        arg_max(
            came_of(t.fate, t.deferrals, t.reason), (t.final, coalesce(t.ended_at, 0))
        ) AS came
    FROM told AS t
    INNER JOIN spans AS s ON t.arrived_at >= s.since AND t.arrived_at < s.until
    GROUP BY s.number, t.host, t.queue_id, t.arrived_at, t.recipient
)

SELECT number, came, count(*) AS messages
FROM once
GROUP BY number, came
ORDER BY number, came
