-- service-credit
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
  CAST(CASE WHEN ending = 0 THEN CASE rule WHEN 2 THEN CAST('2033-01-31' AS DATE) END END AS DATE) AS deadline
FROM (
  SELECT
    *,
    CAST(CASE WHEN rule IN (2) AND amount IS NULL THEN 3 WHEN amount = 0 THEN 2 ELSE 0 END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 2
        THEN CASE
          WHEN NOT (
            (
              (
                m.every__credit_share * m.then__price
              ) IS NULL
              OR (
                NULLIF(m.every__credit_share_of, 0) * NULLIF(m.then__billing_months, 0)
              ) IS NULL
            )
            OR (
              CAST('2033-01-31' AS DATE) IS NULL
            )
          )
          THEN (
            (
              2 * (
                m.every__credit_share * m.then__price
              ) + (
                NULLIF(m.every__credit_share_of, 0) * NULLIF(m.then__billing_months, 0)
              )
            ) DIV (
              2 * (
                NULLIF(m.every__credit_share_of, 0) * NULLIF(m.then__billing_months, 0)
              )
            )
          )
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN (
            m.then__price = 0
          )
          THEN 0
          WHEN (
            m.in_requested = FALSE
          )
          THEN 1
          WHEN (
            m.every__credit_share > (
              0 * NULLIF(m.every__credit_share_of, 0)
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
          CASE
            WHEN s.currency = 'EUR'
            THEN CASE
              WHEN s.plan_since <= CAST('2023-01-22 23:00:00' AS TIMESTAMP_NTZ)
              THEN s.price_minor
              WHEN s.created_at <= CAST('2023-01-22 23:00:00' AS TIMESTAMP_NTZ)
              THEN s.before_price_minor
            END
          END AS then__price,
          CASE
            WHEN s.plan_since <= CAST('2023-01-22 23:00:00' AS TIMESTAMP_NTZ)
            THEN s.billing_months
            WHEN s.created_at <= CAST('2023-01-22 23:00:00' AS TIMESTAMP_NTZ)
            THEN s.before_billing_months
          END AS then__billing_months,
          c.every__credit_share,
          c.every__credit_share_of,
          c.down__uptime,
          c.down__uptime_of,
          f.`requested` AS in_requested
        FROM snapshot AS s
        INNER JOIN classes AS c
          ON s.brand = c.brand
          AND s.store = c.store
          AND s.ways = c.ways
          AND CAST(0 AS BIGINT) = c.used
          AND LEAST(
            GREATEST(UNIX_MICROS(CAST(s.created_at AS TIMESTAMP)), 1674428400000000),
            1675206000000000
          ) = c.clip_from
          AND LEAST(
            GREATEST(
              COALESCE(UNIX_MICROS(CAST(s.closed_at AS TIMESTAMP)), 1675206000000000),
              1674428400000000
            ),
            1675206000000000
          ) = c.clip_to
        LEFT JOIN facts AS f
          ON f.mailbox_id = s.mailbox_id
      ) AS m
    ) AS m
  ) AS m
) AS m;
