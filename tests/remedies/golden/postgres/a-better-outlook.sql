-- fee-reduction
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
    CAST(CASE WHEN rule IN (0) AND amount IS NULL THEN 3 WHEN amount = 0 THEN 2 ELSE 0 END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 0
        THEN CASE
          WHEN NOT (
            (
              (
                LEAST(
                  CAST(5 AS BIGINT),
                  (
                    1 + (
                      CASE
                        WHEN (
                          m.down__total - 2592000000
                        ) < 0
                        THEN 0
                        ELSE CAST(DIV((
                          m.down__total - 2592000000
                        ), 25920000000) AS BIGINT)
                      END
                    )
                  )
                ) * m.then__price
              ) IS NULL
              OR NULLIF(m.then__billing_months, 0) IS NULL
            )
          )
          THEN GREATEST(
            (
              CAST(DIV(
                (
                  2 * (
                    LEAST(
                      CAST(5 AS BIGINT),
                      (
                        1 + (
                          CASE
                            WHEN (
                              m.down__total - 2592000000
                            ) < 0
                            THEN 0
                            ELSE CAST(DIV((
                              m.down__total - 2592000000
                            ), 25920000000) AS BIGINT)
                          END
                        )
                      )
                    ) * m.then__price
                  ) + (
                    NULLIF(m.then__billing_months, 0) * 20
                  )
                ),
                (
                  2 * (
                    NULLIF(m.then__billing_months, 0) * 20
                  )
                )
              ) AS BIGINT)
            ),
            0
          )
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE WHEN (
          m.down__total > 2592000000
        ) THEN 0 ELSE 1 END AS BIGINT) AS rule
      FROM (
        SELECT
          s.brand,
          s.bucket,
          s.mailbox_id,
          s.plan,
          CASE
            WHEN s.currency = 'USD'
            THEN CASE
              WHEN s.plan_since <= CAST('2023-01-22 23:00:00' AS TIMESTAMP)
              THEN s.price_minor
              WHEN s.created_at <= CAST('2023-01-22 23:00:00' AS TIMESTAMP)
              THEN s.before_price_minor
            END
          END AS then__price,
          CASE
            WHEN s.plan_since <= CAST('2023-01-22 23:00:00' AS TIMESTAMP)
            THEN s.billing_months
            WHEN s.created_at <= CAST('2023-01-22 23:00:00' AS TIMESTAMP)
            THEN s.before_billing_months
          END AS then__billing_months,
          c.down__total
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
