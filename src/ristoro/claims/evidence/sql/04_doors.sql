-- Each refusal at the door under the mailbox that was asked for.
SELECT lower(recipient) AS mailbox, *
FROM read_parquet($table)
ORDER BY mailbox, "at", line
