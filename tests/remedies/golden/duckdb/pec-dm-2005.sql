-- service-level
SELECT
  bucket,
  mailbox_id,
  brand,
  plan,
  CAST(rule * 9 + ending AS SMALLINT) AS verdict,
  CASE WHEN ending = 0 AND NOT amount IS NULL THEN amount ELSE 0 END AS amount,
  CAST(NULL AS BIGINT) AS base,
  CAST(NULL AS DATE) AS base_until,
  CAST(NULL AS DATE) AS until,
  CAST(NULL AS DATE) AS deadline
FROM (
  SELECT
    *,
    CAST(CASE WHEN amount = 0 THEN 2 ELSE 0 END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(NULL AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN (
            (
              NOT (
                (
                  m.down__uptime * 500
                ) >= (
                  499 * NULLIF(m.down__uptime_of, 0)
                )
              )
            )
            AND (
              NOT (
                (
                  m.down__longest * 1000
                ) <= m.down__window
              )
            )
          )
          THEN 0
          WHEN (
            NOT (
              (
                m.down__uptime * 500
              ) >= (
                499 * NULLIF(m.down__uptime_of, 0)
              )
            )
          )
          THEN 1
          WHEN (
            NOT (
              (
                m.down__longest * 1000
              ) <= m.down__window
            )
          )
          THEN 2
          ELSE 3
        END AS BIGINT) AS rule
      FROM (
        SELECT
          s.brand,
          s.bucket,
          s.mailbox_id,
          s.plan,
          c.down__uptime,
          c.down__uptime_of,
          c.down__longest,
          c.down__window
        FROM snapshot AS s
        INNER JOIN classes AS c
          ON s.brand = c.brand
          AND s.store = c.store
          AND s.ways = c.ways
          AND CAST(0 AS BIGINT) = c.used
          AND LEAST(GREATEST(EPOCH_US(s.created_at), 1674428400000000), 1675206000000000) = c.clip_from
          AND LEAST(
            GREATEST(COALESCE(EPOCH_US(s.closed_at), 1675206000000000), 1674428400000000),
            1675206000000000
          ) = c.clip_to
      ) AS m
    ) AS m
  ) AS m
) AS m;
