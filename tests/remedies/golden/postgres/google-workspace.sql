-- days-of-service
SELECT
  bucket,
  mailbox_id,
  brand,
  plan,
  CAST(rule * 9 + CASE
    WHEN ending = 0 AND (
      rule = 2 AND NOT m.in_claimed_on IS NULL
    )
    THEN 8
    ELSE ending
  END AS SMALLINT) AS verdict,
  CASE WHEN ending = 0 AND NOT amount IS NULL THEN amount ELSE 0 END AS amount,
  CAST(NULL AS BIGINT) AS base,
  CASE
    WHEN ending = 0 AND rule IN (2)
    THEN COALESCE(m.paid_until, m.before_paid_until)
  END AS base_until,
  CAST(CASE
    WHEN ending = 0
    THEN CASE rule
      WHEN 2
      THEN CAST(GREATEST(m.paid_until, COALESCE(m.down__end_day, CAST('2023-01-31' AS DATE))) + CAST(amount AS INT) AS DATE)
    END
  END AS DATE) AS until,
  CAST(CASE
    WHEN ending = 0
    THEN CASE rule
      WHEN 2
      THEN CASE
        WHEN m.in_claimed_on IS NULL
        THEN CAST(COALESCE(m.down__end_day, CAST('2023-01-31' AS DATE)) + CAST(CAST(30 AS BIGINT) AS INT) AS DATE)
      END
    END
  END AS DATE) AS deadline
FROM (
  SELECT
    *,
    CAST(CASE
      WHEN rule IN (2) AND amount IS NULL
      THEN 3
      WHEN rule = 2
      AND m.in_claimed_on IS NULL
      AND CAST('2023-02-10' AS DATE) > CAST(COALESCE(m.down__end_day, CAST('2023-01-31' AS DATE)) + CAST(CAST(30 AS BIGINT) AS INT) AS DATE)
      THEN 4
      WHEN rule = 2
      AND m.in_claimed_on > CAST(COALESCE(m.down__end_day, CAST('2023-01-31' AS DATE)) + CAST(CAST(30 AS BIGINT) AS INT) AS DATE)
      THEN 5
      WHEN amount = 0
      THEN 2
      ELSE 0
    END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 2
        THEN CASE
          WHEN NOT (
            (
              m.every__credit_days IS NULL OR NULLIF(m.every__credit_days_of, 0) IS NULL
            )
            OR (
              m.down__windows IS NULL
            )
            OR (
              GREATEST(m.paid_until, COALESCE(m.down__end_day, CAST('2023-01-31' AS DATE))) IS NULL
            )
            OR (
              CAST(COALESCE(m.down__end_day, CAST('2023-01-31' AS DATE)) + CAST(CAST(30 AS BIGINT) AS INT) AS DATE) IS NULL
            )
          )
          THEN (
            CAST(DIV(
              (
                CASE
                  WHEN (
                    (
                      m.down__windows IS NULL
                    )
                    OR (
                      m.every__credit_days <= (
                        (
                          m.down__windows * 15
                        ) * NULLIF(m.every__credit_days_of, 0)
                      )
                    )
                  )
                  AND NOT (
                    m.every__credit_days IS NULL OR NULLIF(m.every__credit_days_of, 0) IS NULL
                  )
                  THEN m.every__credit_days
                  ELSE (
                    m.down__windows * 15
                  )
                END
              ),
              (
                CASE
                  WHEN (
                    (
                      m.down__windows IS NULL
                    )
                    OR (
                      m.every__credit_days <= (
                        (
                          m.down__windows * 15
                        ) * NULLIF(m.every__credit_days_of, 0)
                      )
                    )
                  )
                  AND NOT (
                    m.every__credit_days IS NULL OR NULLIF(m.every__credit_days_of, 0) IS NULL
                  )
                  THEN NULLIF(m.every__credit_days_of, 0)
                  ELSE CAST(1 AS BIGINT)
                END
              )
            ) AS BIGINT)
          )
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN (
            NOT (
              m.then__price > 0
            )
          )
          THEN 0
          WHEN (
            m.then__billing_months = 1
          )
          THEN 1
          WHEN (
            m.every__credit_days > (
              0 * NULLIF(m.every__credit_days_of, 0)
            )
          )
          THEN 2
          ELSE 3
        END AS BIGINT) AS rule
      FROM (
        SELECT
          s.before_paid_until,
          s.brand,
          s.bucket,
          s.mailbox_id,
          s.paid_until,
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
          c.every__credit_days,
          c.every__credit_days_of,
          c.down__uptime,
          c.down__uptime_of,
          c.down__windows,
          c.down__end_day,
          f."claimed_on" AS in_claimed_on
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
        LEFT JOIN facts AS f
          ON f.mailbox_id = s.mailbox_id
      ) AS m
    ) AS m
  ) AS m
) AS m;

-- money-worth
SELECT
  bucket,
  mailbox_id,
  brand,
  plan,
  CAST(rule * 9 + CASE
    WHEN ending = 0 AND (
      rule = 2 AND NOT m.in_claimed_on IS NULL
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
      WHEN 2
      THEN CASE
        WHEN m.in_claimed_on IS NULL
        THEN CAST(COALESCE(m.down__end_day, CAST('2023-01-31' AS DATE)) + CAST(CAST(30 AS BIGINT) AS INT) AS DATE)
      END
    END
  END AS DATE) AS deadline
FROM (
  SELECT
    *,
    CAST(CASE
      WHEN rule IN (2) AND amount IS NULL
      THEN 3
      WHEN rule = 2
      AND m.in_claimed_on IS NULL
      AND CAST('2023-02-10' AS DATE) > CAST(COALESCE(m.down__end_day, CAST('2023-01-31' AS DATE)) + CAST(CAST(30 AS BIGINT) AS INT) AS DATE)
      THEN 4
      WHEN rule = 2
      AND m.in_claimed_on > CAST(COALESCE(m.down__end_day, CAST('2023-01-31' AS DATE)) + CAST(CAST(30 AS BIGINT) AS INT) AS DATE)
      THEN 5
      WHEN amount = 0
      THEN 2
      ELSE 0
    END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 2
        THEN CASE
          WHEN NOT (
            (
              (
                m.then__price * m.every__credit_days
              ) IS NULL
              OR (
                NULLIF(
                  CAST(EXTRACT(DAY FROM CAST(DATE_TRUNC('MONTH', COALESCE(m.down__end_day, CAST('2023-01-31' AS DATE))) + INTERVAL '1 MONTH' - INTERVAL '1 DAY' AS DATE)) AS BIGINT),
                  0
                ) * NULLIF(m.every__credit_days_of, 0)
              ) IS NULL
            )
            OR (
              CAST(COALESCE(m.down__end_day, CAST('2023-01-31' AS DATE)) + CAST(CAST(30 AS BIGINT) AS INT) AS DATE) IS NULL
            )
          )
          THEN (
            CAST(DIV(
              (
                2 * (
                  m.then__price * m.every__credit_days
                ) + (
                  NULLIF(
                    CAST(EXTRACT(DAY FROM CAST(DATE_TRUNC('MONTH', COALESCE(m.down__end_day, CAST('2023-01-31' AS DATE))) + INTERVAL '1 MONTH' - INTERVAL '1 DAY' AS DATE)) AS BIGINT),
                    0
                  ) * NULLIF(m.every__credit_days_of, 0)
                )
              ),
              (
                2 * (
                  NULLIF(
                    CAST(EXTRACT(DAY FROM CAST(DATE_TRUNC('MONTH', COALESCE(m.down__end_day, CAST('2023-01-31' AS DATE))) + INTERVAL '1 MONTH' - INTERVAL '1 DAY' AS DATE)) AS BIGINT),
                    0
                  ) * NULLIF(m.every__credit_days_of, 0)
                )
              )
            ) AS BIGINT)
          )
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN (
            NOT (
              m.then__price > 0
            )
          )
          THEN 0
          WHEN (
            NOT (
              m.then__billing_months = 1
            )
          )
          THEN 1
          WHEN (
            m.every__credit_days > (
              0 * NULLIF(m.every__credit_days_of, 0)
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
          c.every__credit_days,
          c.every__credit_days_of,
          c.down__uptime,
          c.down__uptime_of,
          c.down__end_day,
          f."claimed_on" AS in_claimed_on
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
        LEFT JOIN facts AS f
          ON f.mailbox_id = s.mailbox_id
      ) AS m
    ) AS m
  ) AS m
) AS m;
