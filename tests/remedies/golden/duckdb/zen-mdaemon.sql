-- days-of-fees
SELECT
  bucket,
  mailbox_id,
  brand,
  plan,
  CAST(rule * 9 + CASE
    WHEN ending = 0 AND (
      rule = 0 AND NOT m.in_claimed_on IS NULL
    )
    THEN 8
    ELSE ending
  END AS SMALLINT) AS verdict,
  CASE WHEN ending = 0 AND NOT amount IS NULL THEN amount ELSE 0 END AS amount,
  CAST(NULL AS BIGINT) AS base,
  CAST(NULL AS DATE) AS base_until,
  CAST(NULL AS DATE) AS until,
  CAST(CASE
    WHEN ending = 0
    THEN CASE rule
      WHEN 0
      THEN CASE WHEN m.in_claimed_on IS NULL THEN CAST('2023-05-01' AS DATE) END
    END
  END AS DATE) AS deadline
FROM (
  SELECT
    *,
    CAST(CASE
      WHEN rule IN (0) AND amount IS NULL
      THEN 3
      WHEN rule = 0
      AND m.in_claimed_on IS NULL
      AND CAST('2023-02-10' AS DATE) > CAST('2023-05-01' AS DATE)
      THEN 4
      WHEN rule = 0 AND m.in_claimed_on > CAST('2023-05-01' AS DATE)
      THEN 5
      WHEN amount = 0
      THEN 2
      ELSE 0
    END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 0
        THEN CASE
          WHEN NOT (
            (
              (
                m.then__price * m.every__bad_days
              ) IS NULL
              OR (
                NULLIF(m.then__billing_months, 0) * NULLIF(m.every__bad_days_of, 0)
              ) IS NULL
            )
            OR (
              (
                m.then__price * m.by_month__windows
              ) IS NULL
              OR NULLIF(m.then__billing_months, 0) IS NULL
            )
            OR (
              CAST('2023-05-01' AS DATE) IS NULL
            )
          )
          THEN (
            (
              2 * (
                CASE
                  WHEN (
                    (
                      (
                        m.then__price * m.by_month__windows
                      ) IS NULL
                      OR NULLIF(m.then__billing_months, 0) IS NULL
                    )
                    OR (
                      (
                        (
                          m.then__price * m.every__bad_days
                        ) * NULLIF(m.then__billing_months, 0)
                      ) <= (
                        (
                          (
                            m.then__price * m.by_month__windows
                          ) * 31
                        ) * (
                          NULLIF(m.then__billing_months, 0) * NULLIF(m.every__bad_days_of, 0)
                        )
                      )
                    )
                  )
                  AND NOT (
                    (
                      m.then__price * m.every__bad_days
                    ) IS NULL
                    OR (
                      NULLIF(m.then__billing_months, 0) * NULLIF(m.every__bad_days_of, 0)
                    ) IS NULL
                  )
                  THEN (
                    m.then__price * m.every__bad_days
                  )
                  ELSE (
                    m.then__price * m.by_month__windows
                  )
                END
              ) + (
                CASE
                  WHEN (
                    (
                      (
                        m.then__price * m.by_month__windows
                      ) IS NULL
                      OR NULLIF(m.then__billing_months, 0) IS NULL
                    )
                    OR (
                      (
                        (
                          m.then__price * m.every__bad_days
                        ) * NULLIF(m.then__billing_months, 0)
                      ) <= (
                        (
                          (
                            m.then__price * m.by_month__windows
                          ) * 31
                        ) * (
                          NULLIF(m.then__billing_months, 0) * NULLIF(m.every__bad_days_of, 0)
                        )
                      )
                    )
                  )
                  AND NOT (
                    (
                      m.then__price * m.every__bad_days
                    ) IS NULL
                    OR (
                      NULLIF(m.then__billing_months, 0) * NULLIF(m.every__bad_days_of, 0)
                    ) IS NULL
                  )
                  THEN (
                    (
                      NULLIF(m.then__billing_months, 0) * NULLIF(m.every__bad_days_of, 0)
                    ) * 31
                  )
                  ELSE NULLIF(m.then__billing_months, 0)
                END
              )
            ) // (
              2 * (
                CASE
                  WHEN (
                    (
                      (
                        m.then__price * m.by_month__windows
                      ) IS NULL
                      OR NULLIF(m.then__billing_months, 0) IS NULL
                    )
                    OR (
                      (
                        (
                          m.then__price * m.every__bad_days
                        ) * NULLIF(m.then__billing_months, 0)
                      ) <= (
                        (
                          (
                            m.then__price * m.by_month__windows
                          ) * 31
                        ) * (
                          NULLIF(m.then__billing_months, 0) * NULLIF(m.every__bad_days_of, 0)
                        )
                      )
                    )
                  )
                  AND NOT (
                    (
                      m.then__price * m.every__bad_days
                    ) IS NULL
                    OR (
                      NULLIF(m.then__billing_months, 0) * NULLIF(m.every__bad_days_of, 0)
                    ) IS NULL
                  )
                  THEN (
                    (
                      NULLIF(m.then__billing_months, 0) * NULLIF(m.every__bad_days_of, 0)
                    ) * 31
                  )
                  ELSE NULLIF(m.then__billing_months, 0)
                END
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
            (
              m.by_month__uptime * 200
            ) < (
              199 * NULLIF(m.by_month__uptime_of, 0)
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
          CASE
            WHEN s.currency = 'GBP'
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
          c.by_month__uptime,
          c.by_month__uptime_of,
          c.every__bad_days,
          c.every__bad_days_of,
          c.by_day__uptime,
          c.by_day__uptime_of,
          c.by_month__windows,
          f."claimed_on" AS in_claimed_on
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
        LEFT JOIN facts AS f
          ON f.mailbox_id = s.mailbox_id
      ) AS m
    ) AS m
  ) AS m
) AS m;
