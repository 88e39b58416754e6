-- The sign-ins of these mailboxes while they were there.
CREATE OR REPLACE TEMP TABLE tried AS
SELECT
    b.mailbox_id,
    b.bucket,
    b.brand,
    b.store,
    s.host,
    s.way,
    s.ended,
    epoch_us(s."at") AS at_us,
    s.session,
    hash(s.mailbox, s.host, s.way, s.ended, s."at", s.session) AS line_of,
    s.file,
    s.line,
    s.filename
FROM read_parquet($sign_ins, filename = true) AS s
INNER JOIN boxes AS b ON s.mailbox = b.mailbox
WHERE
    s.mailbox >= $low AND s.mailbox < $high
    AND epoch_us(s."at") >= $since AND epoch_us(s."at") < $until
    AND epoch_us(s."at") >= b.created_us AND epoch_us(s."at") < b.closed_us
