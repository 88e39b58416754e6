-- Each history under the mailbox that it is about: its recipient, and the address it was written
-- to where that is another.
SELECT lower(recipient) AS mailbox, *
FROM read_parquet($table)
WHERE recipient IS NOT NULL
UNION ALL
SELECT lower(original_recipient) AS mailbox, *
FROM read_parquet($table)
WHERE original_recipient <> '' AND lower(original_recipient) <> lower(recipient)
ORDER BY mailbox, arrived_at, first_line
