-- The histories of these mailboxes, each as it tells of itself.
CREATE OR REPLACE TEMP TABLE told AS
SELECT
    b.mailbox_id,
    b.bucket,
    b.brand,
    b.store,
    b.created_us,
    b.closed_us,
    h.mailbox,
    h.host,
    h.queue_id,
    hash(h.mailbox, h.host, h.queue_id) AS life,
    came_of(h.fate, h.deferrals, h.reason) AS came,
    cause_of(
        h.fate, h.deferrals, code_of(h.fate, h.dsn, h.first_reason), lower(h.recipient) = h.mailbox
    ) AS cause,
    h.fate,
    epoch_us(h.arrived_at) AS arrived_us,
    epoch_us(h.first_deferred_at) AS deferred_us,
    epoch_us(h.ended_at) AS ended_us,
    h.last_file AS file,
    h.last_line AS line,
    h.filename
FROM read_parquet($histories, filename = true) AS h
INNER JOIN boxes AS b ON h.mailbox = b.mailbox
WHERE h.mailbox >= $low AND h.mailbox < $high
