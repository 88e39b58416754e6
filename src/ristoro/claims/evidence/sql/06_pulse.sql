-- In which quarters of an hour each host told anything that was understood, by file.
SELECT host, file, slot, count(*) AS facts
FROM (
    SELECT host, file, epoch_us(arrived_at) // 900000000 AS slot FROM read_parquet($histories)
    UNION ALL
    SELECT host, last_file, epoch_us(ended_at) // 900000000 FROM read_parquet($histories)
    UNION ALL
    SELECT host, file, epoch_us("at") // 900000000 FROM read_parquet($deposits)
    UNION ALL
    SELECT host, file, epoch_us("at") // 900000000 FROM read_parquet($sign_ins)
    UNION ALL
    SELECT host, file, epoch_us("at") // 900000000 FROM read_parquet($doors)
    UNION ALL
    SELECT host, file, epoch_us("at") // 900000000 FROM read_parquet($edges)
)
WHERE slot IS NOT NULL
GROUP BY host, file, slot
ORDER BY host, file, slot
