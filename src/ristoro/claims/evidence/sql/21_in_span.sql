-- How many messages that came within a span ended in which way, for a recipient.
SELECT came_of(fate, deferrals, reason) AS came, count(*) AS messages
FROM read_parquet($histories)
WHERE arrived_at >= $since AND arrived_at < $until AND recipient IS NOT NULL
GROUP BY came
ORDER BY came
