-- How many rows each bucket owes. Parameters: outcomes.
SELECT bucket, count(*) AS owed
FROM read_parquet($outcomes)
WHERE reason = ''
GROUP BY bucket
ORDER BY bucket
