-- The quarters of an hour of the window in which each host told anything.
SELECT DISTINCT filename, host, file, slot
FROM read_parquet($pulse, filename = true)
ORDER BY filename, file, host, slot
