-- day-credit
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
    CAST(CASE WHEN rule IN (3) AND amount IS NULL THEN 3 WHEN amount = 0 THEN 2 ELSE 0 END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 3
        THEN CASE
          WHEN NOT (
            (
              (
                m.then__price * (
                  CASE
                    WHEN m.without_service__longest < 0
                    THEN 0
                    ELSE (
                      m.without_service__longest + 86400000000 - 1
                    ) // 86400000000
                  END
                )
              ) IS NULL
              OR NULLIF(m.then__billing_months, 0) IS NULL
            )
            OR (
              m.then__price IS NULL OR NULLIF(m.then__billing_months, 0) IS NULL
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
                          m.then__price * (
                            CASE
                              WHEN m.without_service__longest < 0
                              THEN 0
                              ELSE (
                                m.without_service__longest + 86400000000 - 1
                              ) // 86400000000
                            END
                          )
                        ) <= (
                          m.then__price * 31
                        )
                      END
                    )
                  )
                  AND NOT (
                    (
                      m.then__price * (
                        CASE
                          WHEN m.without_service__longest < 0
                          THEN 0
                          ELSE (
                            m.without_service__longest + 86400000000 - 1
                          ) // 86400000000
                        END
                      )
                    ) IS NULL
                    OR NULLIF(m.then__billing_months, 0) IS NULL
                  )
                  THEN (
                    m.then__price * (
                      CASE
                        WHEN m.without_service__longest < 0
                        THEN 0
                        ELSE (
                          m.without_service__longest + 86400000000 - 1
                        ) // 86400000000
                      END
                    )
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
                          m.then__price * (
                            CASE
                              WHEN m.without_service__longest < 0
                              THEN 0
                              ELSE (
                                m.without_service__longest + 86400000000 - 1
                              ) // 86400000000
                            END
                          )
                        ) <= (
                          m.then__price * 31
                        )
                      END
                    )
                  )
                  AND NOT (
                    (
                      m.then__price * (
                        CASE
                          WHEN m.without_service__longest < 0
                          THEN 0
                          ELSE (
                            m.without_service__longest + 86400000000 - 1
                          ) // 86400000000
                        END
                      )
                    ) IS NULL
                    OR NULLIF(m.then__billing_months, 0) IS NULL
                  )
                  THEN (
                    NULLIF(m.then__billing_months, 0) * 31
                  )
                  ELSE NULLIF(m.then__billing_months, 0)
                END
              )
            ) // (
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
                          m.then__price * (
                            CASE
                              WHEN m.without_service__longest < 0
                              THEN 0
                              ELSE (
                                m.without_service__longest + 86400000000 - 1
                              ) // 86400000000
                            END
                          )
                        ) <= (
                          m.then__price * 31
                        )
                      END
                    )
                  )
                  AND NOT (
                    (
                      m.then__price * (
                        CASE
                          WHEN m.without_service__longest < 0
                          THEN 0
                          ELSE (
                            m.without_service__longest + 86400000000 - 1
                          ) // 86400000000
                        END
                      )
                    ) IS NULL
                    OR NULLIF(m.then__billing_months, 0) IS NULL
                  )
                  THEN (
                    NULLIF(m.then__billing_months, 0) * 31
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
            m.standing <> 'good'
          )
          THEN 0
          WHEN m.in_fibre
          THEN 1
          WHEN (
            m.in_towers < 10
          )
          THEN 2
          WHEN (
            (
              NOT m.in_towers IS NULL
            ) AND (
              m.without_service__total > 0
            )
          )
          THEN 3
          ELSE 4
        END AS BIGINT) AS rule
      FROM (
        SELECT
          s.brand,
          s.bucket,
          s.mailbox_id,
          s.plan,
          s.standing,
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
          c.without_service__total,
          c.without_service__longest,
          COALESCE(f."fibre", FALSE) AS in_fibre,
          f."towers" AS in_towers
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

-- fibre-credit
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
    CAST(CASE WHEN rule IN (3) AND amount IS NULL THEN 3 WHEN amount = 0 THEN 2 ELSE 0 END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 3
        THEN CASE
          WHEN NOT (
            (
              (
                m.then__price * (
                  CASE
                    WHEN m.without_fibre__longest < 0
                    THEN 0
                    ELSE (
                      m.without_fibre__longest + 86400000000 - 1
                    ) // 86400000000
                  END
                )
              ) IS NULL
              OR NULLIF(m.then__billing_months, 0) IS NULL
            )
            OR (
              m.then__price IS NULL OR NULLIF(m.then__billing_months, 0) IS NULL
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
                          m.then__price * (
                            CASE
                              WHEN m.without_fibre__longest < 0
                              THEN 0
                              ELSE (
                                m.without_fibre__longest + 86400000000 - 1
                              ) // 86400000000
                            END
                          )
                        ) <= (
                          m.then__price * 31
                        )
                      END
                    )
                  )
                  AND NOT (
                    (
                      m.then__price * (
                        CASE
                          WHEN m.without_fibre__longest < 0
                          THEN 0
                          ELSE (
                            m.without_fibre__longest + 86400000000 - 1
                          ) // 86400000000
                        END
                      )
                    ) IS NULL
                    OR NULLIF(m.then__billing_months, 0) IS NULL
                  )
                  THEN (
                    m.then__price * (
                      CASE
                        WHEN m.without_fibre__longest < 0
                        THEN 0
                        ELSE (
                          m.without_fibre__longest + 86400000000 - 1
                        ) // 86400000000
                      END
                    )
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
                          m.then__price * (
                            CASE
                              WHEN m.without_fibre__longest < 0
                              THEN 0
                              ELSE (
                                m.without_fibre__longest + 86400000000 - 1
                              ) // 86400000000
                            END
                          )
                        ) <= (
                          m.then__price * 31
                        )
                      END
                    )
                  )
                  AND NOT (
                    (
                      m.then__price * (
                        CASE
                          WHEN m.without_fibre__longest < 0
                          THEN 0
                          ELSE (
                            m.without_fibre__longest + 86400000000 - 1
                          ) // 86400000000
                        END
                      )
                    ) IS NULL
                    OR NULLIF(m.then__billing_months, 0) IS NULL
                  )
                  THEN (
                    NULLIF(m.then__billing_months, 0) * 31
                  )
                  ELSE NULLIF(m.then__billing_months, 0)
                END
              )
            ) // (
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
                          m.then__price * (
                            CASE
                              WHEN m.without_fibre__longest < 0
                              THEN 0
                              ELSE (
                                m.without_fibre__longest + 86400000000 - 1
                              ) // 86400000000
                            END
                          )
                        ) <= (
                          m.then__price * 31
                        )
                      END
                    )
                  )
                  AND NOT (
                    (
                      m.then__price * (
                        CASE
                          WHEN m.without_fibre__longest < 0
                          THEN 0
                          ELSE (
                            m.without_fibre__longest + 86400000000 - 1
                          ) // 86400000000
                        END
                      )
                    ) IS NULL
                    OR NULLIF(m.then__billing_months, 0) IS NULL
                  )
                  THEN (
                    NULLIF(m.then__billing_months, 0) * 31
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
            m.standing <> 'good'
          )
          THEN 0
          WHEN (
            NOT m.in_fibre
          )
          THEN 1
          WHEN (
            NOT m.in_own_gateway
          )
          THEN 2
          WHEN (
            m.without_fibre__total > 0
          )
          THEN 3
          ELSE 4
        END AS BIGINT) AS rule
      FROM (
        SELECT
          s.brand,
          s.bucket,
          s.mailbox_id,
          s.plan,
          s.standing,
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
          c.without_fibre__total,
          c.without_fibre__longest,
          COALESCE(f."fibre", FALSE) AS in_fibre,
          COALESCE(f."own_gateway", TRUE) AS in_own_gateway
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
