-- total-loss
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
  CAST(CASE WHEN ending = 0 THEN CASE rule WHEN 0 THEN CAST('2026-01-31' AS DATE) END END AS DATE) AS deadline
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
                (
                  (
                    m.number_0 * GREATEST(CAST(0 AS BIGINT), (
                      m.from_third__days_touched - m.from_fifth__days_touched
                    ))
                  ) * m.number_1_of
                ) + (
                  (
                    m.number_1 * m.from_fifth__days_touched
                  ) * m.number_0_of
                )
              ) IS NULL
              OR (
                m.number_0_of * m.number_1_of
              ) IS NULL
            )
            OR (
              CAST('2026-01-31' AS DATE) IS NULL
            )
          )
          THEN GREATEST(
            (
              (
                2 * (
                  (
                    (
                      m.number_0 * GREATEST(CAST(0 AS BIGINT), (
                        m.from_third__days_touched - m.from_fifth__days_touched
                      ))
                    ) * m.number_1_of
                  ) + (
                    (
                      m.number_1 * m.from_fifth__days_touched
                    ) * m.number_0_of
                  )
                ) + (
                  m.number_0_of * m.number_1_of
                )
              ) // (
                2 * (
                  m.number_0_of * m.number_1_of
                )
              )
            ),
            0
          )
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE WHEN (
          m.from_third__total > 0
        ) THEN 0 ELSE 1 END AS BIGINT) AS rule
      FROM (
        SELECT
          m.*,
          (
            CASE
              WHEN (
                (
                  m.then__price IS NULL OR NULLIF(m.then__billing_months, 0) IS NULL
                )
                OR (
                  (
                    5000 * NULLIF(m.then__billing_months, 0)
                  ) >= m.then__price
                )
              )
              AND NOT FALSE
              THEN CAST(1000 AS BIGINT)
              ELSE m.then__price
            END
          ) AS number_1,
          (
            CASE
              WHEN (
                (
                  m.then__price IS NULL OR NULLIF(m.then__billing_months, 0) IS NULL
                )
                OR (
                  (
                    5000 * NULLIF(m.then__billing_months, 0)
                  ) >= m.then__price
                )
              )
              AND NOT FALSE
              THEN CAST(1 AS BIGINT)
              ELSE (
                NULLIF(m.then__billing_months, 0) * 5
              )
            END
          ) AS number_1_of
        FROM (
          SELECT
            m.*,
            (
              CASE
                WHEN (
                  (
                    m.then__price IS NULL OR NULLIF(m.then__billing_months, 0) IS NULL
                  )
                  OR (
                    (
                      5000 * NULLIF(m.then__billing_months, 0)
                    ) >= m.then__price
                  )
                )
                AND NOT FALSE
                THEN CAST(500 AS BIGINT)
                ELSE m.then__price
              END
            ) AS number_0,
            (
              CASE
                WHEN (
                  (
                    m.then__price IS NULL OR NULLIF(m.then__billing_months, 0) IS NULL
                  )
                  OR (
                    (
                      5000 * NULLIF(m.then__billing_months, 0)
                    ) >= m.then__price
                  )
                )
                AND NOT FALSE
                THEN CAST(1 AS BIGINT)
                ELSE (
                  NULLIF(m.then__billing_months, 0) * 10
                )
              END
            ) AS number_0_of
          FROM (
            SELECT
              s.brand,
              s.bucket,
              s.mailbox_id,
              s.plan,
              CASE
                WHEN s.currency = 'EUR'
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
              c_from_third.from_third__total,
              c_from_third.from_third__days_touched,
              c_from_fifth.from_fifth__days_touched
            FROM (
              SELECT
                m.*,
                LEAST(
                  GREATEST(
                    COALESCE(
                      CAST(m.in_reported_on + CAST(CAST(3 AS BIGINT) AS INT) AS DATE),
                      CAST('2023-02-02' AS DATE)
                    ),
                    CAST('2023-01-23' AS DATE)
                  ),
                  CAST('2023-02-02' AS DATE)
                ) AS clock_from_third,
                CAST(0 AS BIGINT) AS cycle_from_third,
                LEAST(
                  GREATEST(
                    COALESCE(
                      CAST(m.in_reported_on + CAST(CAST(5 AS BIGINT) AS INT) AS DATE),
                      CAST('2023-02-02' AS DATE)
                    ),
                    CAST('2023-01-23' AS DATE)
                  ),
                  CAST('2023-02-02' AS DATE)
                ) AS clock_from_fifth,
                CAST(0 AS BIGINT) AS cycle_from_fifth
              FROM (
                SELECT
                  s.*,
                  f."reported_on" AS in_reported_on
                FROM snapshot AS s
                LEFT JOIN facts AS f
                  ON f.mailbox_id = s.mailbox_id
              ) AS m
            ) AS s
            INNER JOIN classes_from_third AS c_from_third
              ON s.brand = c_from_third.brand
              AND s.store = c_from_third.store
              AND s.ways = c_from_third.ways
              AND CAST(0 AS BIGINT) = c_from_third.used
              AND LEAST(GREATEST(EPOCH_US(s.created_at), 1674428400000000), 1675206000000000) = c_from_third.clip_from
              AND LEAST(
                GREATEST(COALESCE(EPOCH_US(s.closed_at), 1675206000000000), 1674428400000000),
                1675206000000000
              ) = c_from_third.clip_to
              AND s.clock_from_third = c_from_third.clock
              AND s.cycle_from_third = c_from_third.cycle
            INNER JOIN classes_from_fifth AS c_from_fifth
              ON s.brand = c_from_fifth.brand
              AND s.store = c_from_fifth.store
              AND s.ways = c_from_fifth.ways
              AND CAST(0 AS BIGINT) = c_from_fifth.used
              AND LEAST(GREATEST(EPOCH_US(s.created_at), 1674428400000000), 1675206000000000) = c_from_fifth.clip_from
              AND LEAST(
                GREATEST(COALESCE(EPOCH_US(s.closed_at), 1675206000000000), 1674428400000000),
                1675206000000000
              ) = c_from_fifth.clip_to
              AND s.clock_from_fifth = c_from_fifth.clock
              AND s.cycle_from_fifth = c_from_fifth.cycle
          ) AS m
        ) AS m
      ) AS m
    ) AS m
  ) AS m
) AS m;
