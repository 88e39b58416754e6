-- What the services did before and in the window, each line once.
SELECT
    host, epoch_us("at") AS at_us, service, edge,
    arg_min({'line': line, 'file': file, 'filename': filename}, filename) AS place
FROM read_parquet($edges, filename = true)
WHERE epoch_us("at") < $until
GROUP BY host, "at", service, edge
ORDER BY at_us, min(file), min(line)
