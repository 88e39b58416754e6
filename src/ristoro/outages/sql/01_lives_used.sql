-- As 01_lives.sql, and also apart by which ways in were used since an instant (bits as in WAYS).
CREATE OR REPLACE TEMP VIEW lives AS
SELECT
    s.mailbox_id,
    s.bucket,
    s.brand,
    s.store,
    s.ways,
    CAST(
        CASE WHEN s.seen_webmail >= b.used_since THEN 1 ELSE 0 END
        + CASE WHEN s.seen_imap >= b.used_since THEN 2 ELSE 0 END
        + CASE WHEN s.seen_pop3 >= b.used_since THEN 4 ELSE 0 END
        + CASE WHEN s.seen_submission >= b.used_since THEN 8 ELSE 0 END
        + CASE WHEN s.seen_ios >= b.used_since THEN 16 ELSE 0 END
        + CASE WHEN s.seen_android >= b.used_since THEN 32 ELSE 0 END
        AS BIGINT
    ) AS used,
    LEAST(GREATEST(EPOCH_US(s.created_at), b.hull_start), b.hull_end) AS clip_from,
    LEAST(GREATEST(COALESCE(EPOCH_US(s.closed_at), b.hull_end), b.hull_start), b.hull_end) AS clip_to
FROM snapshot AS s
CROSS JOIN bounds AS b
