-- availability
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
              m.pooled__uptime * 2000
            ) < (
              1999 * NULLIF(m.pooled__uptime_of, 0)
            )
          )
          THEN 0
          ELSE 1
        END AS BIGINT) AS rule
      FROM (
        SELECT
          s.brand,
          s.bucket,
          s.mailbox_id,
          s.plan,
          p_pooled.pooled__uptime,
          p_pooled.pooled__uptime_of
        FROM snapshot AS s
        LEFT JOIN pool_pooled AS p_pooled
          ON p_pooled.key = COALESCE('h ' || s.holder_id, 'm ' || CAST(s.mailbox_id AS STRING))
      ) AS m
    ) AS m
  ) AS m
) AS m;
