-- The January 2023 policy as one would write it by hand in SQL, for this one outage: the same rows,
-- the same columns, the same order. Its only table beside the estate is when each store was hit.
SELECT
    CAST(0 AS SMALLINT) AS remedy_no,
    bucket,
    mailbox_id,
    'ristoro' AS remedy,
    rule,
    CASE WHEN rule IN ('plus', 'free') THEN '' WHEN rule = 'otherwise' THEN 'no-such-plan' ELSE rule END AS reason,
    'indemnity' AS lane,
    CASE WHEN rule = 'free' THEN 'storage' ELSE 'extension' END AS kind,
    CASE rule WHEN 'plus' THEN 6 WHEN 'free' THEN (then_storage + 4) // 5 ELSE 0 END AS amount,
    CASE WHEN rule = 'free' THEN 'bytes' ELSE 'months' END AS unit,
    '' AS currency,
    CASE WHEN rule = 'free' THEN storage_bytes END AS base,
    CASE WHEN rule = 'free' THEN storage_bytes + (then_storage + 4) // 5 END AS target,
    CASE WHEN rule = 'plus' THEN COALESCE(paid_until, before_paid_until) END AS base_until,
    CASE
        WHEN rule = 'plus'
            THEN CAST(GREATEST(
                COALESCE(CASE WHEN bought THEN paid_until ELSE then_paid_until END, paid_until),
                DATE '2023-01-31'
            ) + INTERVAL 6 MONTH AS DATE)
    END AS until,
    CASE WHEN rule = 'plus' THEN 'confirm' ELSE 'automatic' END AS consent,
    CASE WHEN rule = 'plus' THEN DATE '2023-04-30' END AS deadline,
    CASE rule
        WHEN 'abuse' THEN 'abuse=yes'
        WHEN 'suspended' THEN 'abuse=no,suspended=yes'
        WHEN 'closed' THEN 'abuse=no,suspended=no,closed=yes'
        WHEN 'opened-later' THEN 'abuse=no,suspended=no,closed=no,opened-later=yes'
        WHEN 'not-touched' THEN 'abuse=no,suspended=no,closed=no,opened-later=no,not-touched=yes'
        WHEN 'plus' THEN 'abuse=no,suspended=no,closed=no,opened-later=no,not-touched=no,plus=yes'
        WHEN 'free' THEN 'abuse=no,suspended=no,closed=no,opened-later=no,not-touched=no,plus=no,free=yes'
        ELSE 'abuse=no,suspended=no,closed=no,opened-later=no,not-touched=no,plus=no,free=no,otherwise=yes'
    END AS trail
FROM (
    SELECT
        *,
        CASE
            WHEN standing = 'abuse' THEN 'abuse'
            WHEN standing = 'suspended' THEN 'suspended'
            WHEN closed_at IS NOT NULL THEN 'closed'
            WHEN created_at >= TIMESTAMP '2023-01-22 23:00:00' THEN 'opened-later'
            WHEN hit_from IS NULL OR created_at >= hit_to OR ways = 0 THEN 'not-touched'
            WHEN then_plan IN ('libero-plus-5', 'libero-plus-1tb', 'virgilio-plus-100') OR bought
                THEN 'plus'
            WHEN then_plan IN ('libero-free', 'virgilio-free') THEN 'free'
            ELSE 'otherwise'
        END AS rule
    FROM (
        SELECT
            s.bucket, s.mailbox_id, s.standing, s.created_at, s.closed_at, s.ways,
            s.storage_bytes, s.paid_until, s.before_paid_until, h.hit_from, h.hit_to,
            CASE WHEN s.plan_since <= TIMESTAMP '2023-01-22 23:00:00'
                THEN s.plan ELSE s.before_plan END AS then_plan,
            CASE WHEN s.plan_since <= TIMESTAMP '2023-01-22 23:00:00'
                THEN s.storage_bytes ELSE s.before_storage_bytes END AS then_storage,
            CASE WHEN s.plan_since <= TIMESTAMP '2023-01-22 23:00:00'
                THEN s.paid_until ELSE s.before_paid_until END AS then_paid_until,
            s.plan IN ('libero-plus-5', 'libero-plus-1tb', 'virgilio-plus-100')
                AND s.plan_since > TIMESTAMP '2023-01-22 23:00:00'
                AND s.plan_since < TIMESTAMP '2023-01-31 23:00:00' AS bought
        FROM estate AS s
        LEFT JOIN hit AS h ON s.brand = h.brand AND s.store = h.store
    ) AS m
) AS m
