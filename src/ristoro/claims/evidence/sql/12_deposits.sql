-- What the store says of one mailbox, each line once. Instants are microseconds.
SELECT
    host, epoch_us("at") AS at_us, session, message_id, folder, saved, reason,
    arg_min({'line': line, 'file': file, 'filename': filename}, filename) AS place
FROM read_parquet($deposits, filename = true)
WHERE mailbox = $mailbox AND epoch_us("at") >= $since AND epoch_us("at") < $until
GROUP BY host, "at", session, message_id, folder, saved, reason
ORDER BY at_us, min(file), min(line)
