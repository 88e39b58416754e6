-- unasked-credit
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
              m.then__price IS NULL OR NULLIF(m.then__billing_months, 0) IS NULL
            )
          )
          THEN (
            (
              2 * m.then__price + (
                NULLIF(m.then__billing_months, 0) * 4
              )
            ) DIV (
              2 * (
                NULLIF(m.then__billing_months, 0) * 4
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
            FALSE AND (
              m.down__uptime < (
                1 * NULLIF(m.down__uptime_of, 0)
              )
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
            WHEN s.currency = 'USD'
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
          p_down.down__uptime,
          p_down.down__uptime_of
        FROM snapshot AS s
        LEFT JOIN pool_down AS p_down
          ON p_down.key = COALESCE('h ' || s.holder_id, 'm ' || CAST(s.mailbox_id AS STRING))
      ) AS m
    ) AS m
  ) AS m
) AS m;

-- service-credit
SELECT
  bucket,
  mailbox_id,
  brand,
  plan,
  CAST(rule * 9 + CASE
    WHEN ending = 0 AND (
      rule = 1 AND NOT m.in_claimed_on IS NULL
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
      WHEN 1
      THEN CASE WHEN m.in_claimed_on IS NULL THEN CAST('2023-02-28' AS DATE) END
    END
  END AS DATE) AS deadline
FROM (
  SELECT
    *,
    CAST(CASE
      WHEN rule IN (1) AND amount IS NULL
      THEN 3
      WHEN rule = 1
      AND m.in_claimed_on IS NULL
      AND CAST('2023-02-10' AS DATE) > CAST('2023-02-28' AS DATE)
      THEN 4
      WHEN rule = 1 AND m.in_claimed_on > CAST('2023-02-28' AS DATE)
      THEN 5
      WHEN amount = 0
      THEN 2
      ELSE 0
    END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 1
        THEN CASE
          WHEN NOT (
            (
              (
                m.number_0 * m.then__price
              ) IS NULL
              OR NULLIF(m.then__billing_months, 0) IS NULL
            )
            OR (
              m.then__price IS NULL OR NULLIF(m.then__billing_months, 0) IS NULL
            )
            OR (
              CAST('2023-02-28' AS DATE) IS NULL
            )
          )
          THEN (
            (
              2 * (
                CASE
                  WHEN (
                    (
                      m.then__price IS NULL OR NULLIF(m.then__billing_months, 0) IS NULL
                    )
                    OR (
                      CASE
                        WHEN NOT NULLIF(m.then__billing_months, 0) IS NULL
                        THEN (
                          m.number_0 * m.then__price
                        ) <= (
                          m.then__price * 4
                        )
                      END
                    )
                  )
                  AND NOT (
                    (
                      m.number_0 * m.then__price
                    ) IS NULL
                    OR NULLIF(m.then__billing_months, 0) IS NULL
                  )
                  THEN (
                    m.number_0 * m.then__price
                  )
                  ELSE m.then__price
                END
              ) + (
                CASE
                  WHEN (
                    (
                      m.then__price IS NULL OR NULLIF(m.then__billing_months, 0) IS NULL
                    )
                    OR (
                      CASE
                        WHEN NOT NULLIF(m.then__billing_months, 0) IS NULL
                        THEN (
                          m.number_0 * m.then__price
                        ) <= (
                          m.then__price * 4
                        )
                      END
                    )
                  )
                  AND NOT (
                    (
                      m.number_0 * m.then__price
                    ) IS NULL
                    OR NULLIF(m.then__billing_months, 0) IS NULL
                  )
                  THEN (
                    NULLIF(m.then__billing_months, 0) * 4
                  )
                  ELSE NULLIF(m.then__billing_months, 0)
                END
              )
            ) DIV (
              2 * (
                CASE
                  WHEN (
                    (
                      m.then__price IS NULL OR NULLIF(m.then__billing_months, 0) IS NULL
                    )
                    OR (
                      CASE
                        WHEN NOT NULLIF(m.then__billing_months, 0) IS NULL
                        THEN (
                          m.number_0 * m.then__price
                        ) <= (
                          m.then__price * 4
                        )
                      END
                    )
                  )
                  AND NOT (
                    (
                      m.number_0 * m.then__price
                    ) IS NULL
                    OR NULLIF(m.then__billing_months, 0) IS NULL
                  )
                  THEN (
                    NULLIF(m.then__billing_months, 0) * 4
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
            FALSE AND (
              m.down__uptime < (
                1 * NULLIF(m.down__uptime_of, 0)
              )
            )
          )
          THEN 0
          WHEN (
            m.number_0 > 0
          )
          THEN 1
          ELSE 2
        END AS BIGINT) AS rule
      FROM (
        SELECT
          m.*,
          (
            CASE
              WHEN (
                (
                  m.down__uptime * 20
                ) < (
                  19 * NULLIF(m.down__uptime_of, 0)
                )
              )
              THEN CAST(4 AS BIGINT)
              WHEN (
                (
                  m.down__uptime * 20
                ) >= (
                  19 * NULLIF(m.down__uptime_of, 0)
                )
              )
              AND (
                (
                  m.down__uptime * 100
                ) < (
                  99 * NULLIF(m.down__uptime_of, 0)
                )
              )
              THEN CAST(2 AS BIGINT)
              WHEN (
                (
                  m.down__uptime * 100
                ) >= (
                  99 * NULLIF(m.down__uptime_of, 0)
                )
              )
              AND (
                (
                  m.down__uptime * 1000
                ) < (
                  999 * NULLIF(m.down__uptime_of, 0)
                )
              )
              THEN CAST(1 AS BIGINT)
              WHEN (
                (
                  m.down__uptime * 1000
                ) >= (
                  999 * NULLIF(m.down__uptime_of, 0)
                )
              )
              THEN CAST(0 AS BIGINT)
            END
          ) AS number_0
        FROM (
          SELECT
            s.brand,
            s.bucket,
            s.mailbox_id,
            s.plan,
            CASE
              WHEN s.currency = 'USD'
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
            p_down.down__uptime,
            p_down.down__uptime_of,
            f.`claimed_on` AS in_claimed_on
          FROM snapshot AS s
          LEFT JOIN pool_down AS p_down
            ON p_down.key = COALESCE('h ' || s.holder_id, 'm ' || CAST(s.mailbox_id AS STRING))
          LEFT JOIN facts AS f
            ON f.mailbox_id = s.mailbox_id
        ) AS m
      ) AS m
    ) AS m
  ) AS m
) AS m;
