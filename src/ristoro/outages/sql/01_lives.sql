-- Each mailbox with what an outage can tell it apart by. Its life is clamped to the outage's hull,
-- so that all who were there before and after share one class, whatever their dates.
CREATE OR REPLACE TEMP VIEW lives AS
SELECT
    s.mailbox_id,
    s.bucket,
    s.brand,
    s.store,
    s.ways,
    CAST(0 AS BIGINT) AS used,
    LEAST(GREATEST(EPOCH_US(s.created_at), b.hull_start), b.hull_end) AS clip_from,
    LEAST(GREATEST(COALESCE(EPOCH_US(s.closed_at), b.hull_end), b.hull_start), b.hull_end) AS clip_to
FROM snapshot AS s
CROSS JOIN bounds AS b
