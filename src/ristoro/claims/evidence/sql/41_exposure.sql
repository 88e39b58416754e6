-- One row a mailbox of this slice for which anything failed.
SELECT
    mailbox_id,
    bucket,
    count(*) FILTER (what = 'late') AS late,
    coalesce(max(waited_us), 0)::BIGINT AS longest_delay_us,
    count(*) FILTER (what = 'bounced') AS bounced,
    count(*) FILTER (what = 'expired') AS expired,
    count(*) FILTER (what = 'deleted') AS deleted,
    count(*) FILTER (what IN ('held', 'waiting')) AS waiting,
    count(*) FILTER (what = 'refused-sign-in') AS refused_sign_ins,
    count(*) FILTER (declared) AS declared,
    count(*) FILTER (NOT declared) AS undeclared,
    make_timestamp(min(at_us)) AS first_at,
    make_timestamp(max(at_us)) AS last_at
FROM faults
GROUP BY bucket, mailbox_id
