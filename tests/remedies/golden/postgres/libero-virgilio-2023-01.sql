-- ristoro
SELECT
  bucket,
  mailbox_id,
  brand,
  plan,
  CAST(rule * 9 + ending AS SMALLINT) AS verdict,
  CASE WHEN ending = 0 AND NOT amount IS NULL THEN amount ELSE 0 END AS amount,
  CASE WHEN ending = 0 AND rule IN (6) THEN m.storage_bytes END AS base,
  CASE
    WHEN ending = 0 AND rule IN (5)
    THEN COALESCE(m.paid_until, m.before_paid_until)
  END AS base_until,
  CAST(CASE
    WHEN ending = 0
    THEN CASE rule
      WHEN 5
      THEN CAST(GREATEST(COALESCE(m.paid_until, m.then__paid_until), CAST('2023-01-31' AS DATE)) + INTERVAL '6 MONTH' AS DATE)
    END
  END AS DATE) AS until,
  CAST(CASE WHEN ending = 0 THEN CASE rule WHEN 5 THEN CAST('2023-04-30' AS DATE) END END AS DATE) AS deadline
FROM (
  SELECT
    *,
    CAST(CASE WHEN rule IN (5, 6) AND amount IS NULL THEN 3 WHEN amount = 0 THEN 2 ELSE 0 END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 5
        THEN CASE
          WHEN NOT (
            (
              GREATEST(COALESCE(m.paid_until, m.then__paid_until), CAST('2023-01-31' AS DATE)) IS NULL
            )
            OR (
              CAST('2023-04-30' AS DATE) IS NULL
            )
          )
          THEN CAST(6 AS BIGINT)
        END
        WHEN 6
        THEN CASE
          WHEN NOT (
            (
              m.then__storage IS NULL
            )
          )
          THEN (
            CAST(DIV((
              m.then__storage + 5 - 1
            ), 5) AS BIGINT)
          )
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN (
            m.standing = 'abuse'
          )
          THEN 0
          WHEN (
            m.standing = 'suspended'
          )
          THEN 1
          WHEN (
            NOT m.closed_at IS NULL
          )
          THEN 2
          WHEN (
            m.created_at >= CAST('2023-01-22 23:00:00' AS TIMESTAMP)
          )
          THEN 3
          WHEN (
            m.hindered__total = 0
          )
          THEN 4
          WHEN (
            (
              m.then__plan IN ('libero-plus-5', 'libero-plus-1tb', 'virgilio-plus-100')
            )
            OR (
              (
                (
                  m.plan IN ('libero-plus-5', 'libero-plus-1tb', 'virgilio-plus-100')
                )
                AND (
                  m.plan_since > CAST('2023-01-22 23:00:00' AS TIMESTAMP)
                )
              )
              AND (
                m.plan_since < CAST('2023-01-31 23:00:00' AS TIMESTAMP)
              )
            )
          )
          THEN 5
          WHEN (
            m.then__plan IN ('libero-free', 'virgilio-free')
          )
          THEN 6
          ELSE 7
        END AS BIGINT) AS rule
      FROM (
        SELECT
          s.before_paid_until,
          s.brand,
          s.bucket,
          s.closed_at,
          s.created_at,
          s.mailbox_id,
          s.paid_until,
          s.plan,
          s.plan_since,
          s.standing,
          s.storage_bytes,
          CASE
            WHEN s.plan_since <= CAST('2023-01-22 23:00:00' AS TIMESTAMP)
            THEN s.plan
            WHEN s.created_at <= CAST('2023-01-22 23:00:00' AS TIMESTAMP)
            THEN s.before_plan
          END AS then__plan,
          CASE
            WHEN s.plan_since <= CAST('2023-01-22 23:00:00' AS TIMESTAMP)
            THEN s.paid_until
            WHEN s.created_at <= CAST('2023-01-22 23:00:00' AS TIMESTAMP)
            THEN s.before_paid_until
          END AS then__paid_until,
          CASE
            WHEN s.plan_since <= CAST('2023-01-22 23:00:00' AS TIMESTAMP)
            THEN s.storage_bytes
            WHEN s.created_at <= CAST('2023-01-22 23:00:00' AS TIMESTAMP)
            THEN s.before_storage_bytes
          END AS then__storage,
          c.hindered__total
        FROM snapshot AS s
        INNER JOIN classes AS c
          ON s.brand = c.brand
          AND s.store = c.store
          AND s.ways = c.ways
          AND CAST(0 AS BIGINT) = c.used
          AND LEAST(
            GREATEST(CAST(EXTRACT(EPOCH FROM s.created_at) * 1000000 AS BIGINT), 1674428400000000),
            1675206000000000
          ) = c.clip_from
          AND LEAST(
            GREATEST(
              COALESCE(CAST(EXTRACT(EPOCH FROM s.closed_at) * 1000000 AS BIGINT), 1675206000000000),
              1674428400000000
            ),
            1675206000000000
          ) = c.clip_to
      ) AS m
    ) AS m
  ) AS m
) AS m;
