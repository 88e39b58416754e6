-- Each deposit under its mailbox.
SELECT lower(mailbox) AS mailbox, * EXCLUDE (mailbox)
FROM read_parquet($table)
ORDER BY mailbox, "at", line
