-- What the services did, in order.
SELECT * FROM read_parquet($table) ORDER BY "at", host, line
