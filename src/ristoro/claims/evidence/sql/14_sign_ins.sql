-- Sign-ins of one mailbox, each line once.
SELECT
    host, epoch_us("at") AS at_us, way, ended, reason,
    arg_min({'line': line, 'file': file, 'filename': filename}, filename) AS place
FROM read_parquet($sign_ins, filename = true)
WHERE mailbox = $mailbox AND epoch_us("at") >= $since AND epoch_us("at") < $until
GROUP BY host, "at", way, ended, reason, session
ORDER BY at_us, min(file), min(line)
