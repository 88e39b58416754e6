-- The sign-ins, each line once.
CREATE OR REPLACE TEMP TABLE signed_in AS
SELECT mailbox_id, bucket, brand, store, way, ended, at_us, file, line, filename
FROM tried
WHERE line_of NOT IN (SELECT line_of FROM lines_twice)
UNION ALL
SELECT
    mailbox_id, any_value(bucket), any_value(brand), any_value(store), way, ended, at_us,
    arg_min(file, filename), arg_min(line, filename), min(filename)
FROM tried
WHERE line_of IN (SELECT line_of FROM lines_twice)
GROUP BY mailbox_id, host, way, ended, at_us, session
