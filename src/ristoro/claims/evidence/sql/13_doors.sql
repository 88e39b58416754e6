-- Refusals at the door for one mailbox, each line once.
SELECT
    host, epoch_us("at") AS at_us, code, dsn, sender, recipient, reason,
    CASE
        WHEN dsn LIKE '_.2.2' THEN 'mailbox-full'
        WHEN dsn LIKE '_.1.1' THEN 'no-such-address'
        WHEN dsn LIKE '_.7._' OR dsn LIKE '_.1.8' OR dsn LIKE '_.5._' THEN 'sender'
        WHEN dsn LIKE '4.3._' OR dsn LIKE '4.4._' THEN 'ours'
        ELSE 'unclear'
    END AS cause,
    arg_min({'line': line, 'file': file, 'filename': filename}, filename) AS place
FROM read_parquet($doors, filename = true)
WHERE mailbox = $mailbox AND epoch_us("at") >= $since AND epoch_us("at") < $until
GROUP BY host, "at", code, dsn, sender, recipient, reason
ORDER BY at_us, min(file), min(line)
