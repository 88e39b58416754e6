-- service-credit
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
      THEN CASE WHEN m.in_claimed_on IS NULL THEN CAST('2023-02-28' AS DATE) END
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
      AND CAST('2023-02-10' AS DATE) > CAST('2023-02-28' AS DATE)
      THEN 4
      WHEN rule = 2 AND m.in_claimed_on > CAST('2023-02-28' AS DATE)
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
                (
                  CASE
                    WHEN (
                      (
                        (
                          CASE
                            WHEN m.in_only_over_five
                            THEN m.over_five__uptime
                            ELSE m.every_second__uptime
                          END
                        ) * 10
                      ) < (
                        9 * (
                          CASE
                            WHEN m.in_only_over_five
                            THEN NULLIF(m.over_five__uptime_of, 0)
                            ELSE NULLIF(m.every_second__uptime_of, 0)
                          END
                        )
                      )
                    )
                    THEN (
                      m.number_0 * 5
                    )
                    ELSE (
                      m.number_1 * 2
                    )
                  END
                ) * m.then__price
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
          THEN GREATEST(
            (
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
                            (
                              CASE
                                WHEN (
                                  (
                                    (
                                      CASE
                                        WHEN m.in_only_over_five
                                        THEN m.over_five__uptime
                                        ELSE m.every_second__uptime
                                      END
                                    ) * 10
                                  ) < (
                                    9 * (
                                      CASE
                                        WHEN m.in_only_over_five
                                        THEN NULLIF(m.over_five__uptime_of, 0)
                                        ELSE NULLIF(m.every_second__uptime_of, 0)
                                      END
                                    )
                                  )
                                )
                                THEN (
                                  m.number_0 * 5
                                )
                                ELSE (
                                  m.number_1 * 2
                                )
                              END
                            ) * m.then__price
                          ) <= (
                            m.then__price * 200
                          )
                        END
                      )
                    )
                    AND NOT (
                      (
                        (
                          CASE
                            WHEN (
                              (
                                (
                                  CASE
                                    WHEN m.in_only_over_five
                                    THEN m.over_five__uptime
                                    ELSE m.every_second__uptime
                                  END
                                ) * 10
                              ) < (
                                9 * (
                                  CASE
                                    WHEN m.in_only_over_five
                                    THEN NULLIF(m.over_five__uptime_of, 0)
                                    ELSE NULLIF(m.every_second__uptime_of, 0)
                                  END
                                )
                              )
                            )
                            THEN (
                              m.number_0 * 5
                            )
                            ELSE (
                              m.number_1 * 2
                            )
                          END
                        ) * m.then__price
                      ) IS NULL
                      OR NULLIF(m.then__billing_months, 0) IS NULL
                    )
                    THEN (
                      (
                        CASE
                          WHEN (
                            (
                              (
                                CASE
                                  WHEN m.in_only_over_five
                                  THEN m.over_five__uptime
                                  ELSE m.every_second__uptime
                                END
                              ) * 10
                            ) < (
                              9 * (
                                CASE
                                  WHEN m.in_only_over_five
                                  THEN NULLIF(m.over_five__uptime_of, 0)
                                  ELSE NULLIF(m.every_second__uptime_of, 0)
                                END
                              )
                            )
                          )
                          THEN (
                            m.number_0 * 5
                          )
                          ELSE (
                            m.number_1 * 2
                          )
                        END
                      ) * m.then__price
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
                            (
                              CASE
                                WHEN (
                                  (
                                    (
                                      CASE
                                        WHEN m.in_only_over_five
                                        THEN m.over_five__uptime
                                        ELSE m.every_second__uptime
                                      END
                                    ) * 10
                                  ) < (
                                    9 * (
                                      CASE
                                        WHEN m.in_only_over_five
                                        THEN NULLIF(m.over_five__uptime_of, 0)
                                        ELSE NULLIF(m.every_second__uptime_of, 0)
                                      END
                                    )
                                  )
                                )
                                THEN (
                                  m.number_0 * 5
                                )
                                ELSE (
                                  m.number_1 * 2
                                )
                              END
                            ) * m.then__price
                          ) <= (
                            m.then__price * 200
                          )
                        END
                      )
                    )
                    AND NOT (
                      (
                        (
                          CASE
                            WHEN (
                              (
                                (
                                  CASE
                                    WHEN m.in_only_over_five
                                    THEN m.over_five__uptime
                                    ELSE m.every_second__uptime
                                  END
                                ) * 10
                              ) < (
                                9 * (
                                  CASE
                                    WHEN m.in_only_over_five
                                    THEN NULLIF(m.over_five__uptime_of, 0)
                                    ELSE NULLIF(m.every_second__uptime_of, 0)
                                  END
                                )
                              )
                            )
                            THEN (
                              m.number_0 * 5
                            )
                            ELSE (
                              m.number_1 * 2
                            )
                          END
                        ) * m.then__price
                      ) IS NULL
                      OR NULLIF(m.then__billing_months, 0) IS NULL
                    )
                    THEN (
                      NULLIF(m.then__billing_months, 0) * 200
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
                            (
                              CASE
                                WHEN (
                                  (
                                    (
                                      CASE
                                        WHEN m.in_only_over_five
                                        THEN m.over_five__uptime
                                        ELSE m.every_second__uptime
                                      END
                                    ) * 10
                                  ) < (
                                    9 * (
                                      CASE
                                        WHEN m.in_only_over_five
                                        THEN NULLIF(m.over_five__uptime_of, 0)
                                        ELSE NULLIF(m.every_second__uptime_of, 0)
                                      END
                                    )
                                  )
                                )
                                THEN (
                                  m.number_0 * 5
                                )
                                ELSE (
                                  m.number_1 * 2
                                )
                              END
                            ) * m.then__price
                          ) <= (
                            m.then__price * 200
                          )
                        END
                      )
                    )
                    AND NOT (
                      (
                        (
                          CASE
                            WHEN (
                              (
                                (
                                  CASE
                                    WHEN m.in_only_over_five
                                    THEN m.over_five__uptime
                                    ELSE m.every_second__uptime
                                  END
                                ) * 10
                              ) < (
                                9 * (
                                  CASE
                                    WHEN m.in_only_over_five
                                    THEN NULLIF(m.over_five__uptime_of, 0)
                                    ELSE NULLIF(m.every_second__uptime_of, 0)
                                  END
                                )
                              )
                            )
                            THEN (
                              m.number_0 * 5
                            )
                            ELSE (
                              m.number_1 * 2
                            )
                          END
                        ) * m.then__price
                      ) IS NULL
                      OR NULLIF(m.then__billing_months, 0) IS NULL
                    )
                    THEN (
                      NULLIF(m.then__billing_months, 0) * 200
                    )
                    ELSE NULLIF(m.then__billing_months, 0)
                  END
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
        CAST(CASE
          WHEN (
            m.standing <> 'good'
          )
          THEN 0
          WHEN (
            m.in_ticket_after > 259200000000
          )
          THEN 1
          WHEN (
            (
              CASE
                WHEN (
                  (
                    (
                      CASE
                        WHEN m.in_only_over_five
                        THEN m.over_five__uptime
                        ELSE m.every_second__uptime
                      END
                    ) * 10
                  ) < (
                    9 * (
                      CASE
                        WHEN m.in_only_over_five
                        THEN NULLIF(m.over_five__uptime_of, 0)
                        ELSE NULLIF(m.every_second__uptime_of, 0)
                      END
                    )
                  )
                )
                THEN (
                  m.number_0 * 5
                )
                ELSE (
                  m.number_1 * 2
                )
              END
            ) > 0
          )
          THEN 2
          ELSE 3
        END AS BIGINT) AS rule
      FROM (
        SELECT
          m.*,
          (
            CASE
              WHEN (
                (
                  (
                    CASE
                      WHEN m.in_only_over_five
                      THEN m.over_five__uptime
                      ELSE m.every_second__uptime
                    END
                  ) * 20
                ) < (
                  19 * (
                    CASE
                      WHEN m.in_only_over_five
                      THEN NULLIF(m.over_five__uptime_of, 0)
                      ELSE NULLIF(m.every_second__uptime_of, 0)
                    END
                  )
                )
              )
              THEN CAST(25 AS BIGINT)
              WHEN (
                (
                  (
                    CASE
                      WHEN m.in_only_over_five
                      THEN m.over_five__uptime
                      ELSE m.every_second__uptime
                    END
                  ) * 20
                ) >= (
                  19 * (
                    CASE
                      WHEN m.in_only_over_five
                      THEN NULLIF(m.over_five__uptime_of, 0)
                      ELSE NULLIF(m.every_second__uptime_of, 0)
                    END
                  )
                )
              )
              AND (
                (
                  (
                    CASE
                      WHEN m.in_only_over_five
                      THEN m.over_five__uptime
                      ELSE m.every_second__uptime
                    END
                  ) * 50
                ) < (
                  49 * (
                    CASE
                      WHEN m.in_only_over_five
                      THEN NULLIF(m.over_five__uptime_of, 0)
                      ELSE NULLIF(m.every_second__uptime_of, 0)
                    END
                  )
                )
              )
              THEN CAST(10 AS BIGINT)
              WHEN (
                (
                  (
                    CASE
                      WHEN m.in_only_over_five
                      THEN m.over_five__uptime
                      ELSE m.every_second__uptime
                    END
                  ) * 50
                ) >= (
                  49 * (
                    CASE
                      WHEN m.in_only_over_five
                      THEN NULLIF(m.over_five__uptime_of, 0)
                      ELSE NULLIF(m.every_second__uptime_of, 0)
                    END
                  )
                )
              )
              AND (
                (
                  (
                    CASE
                      WHEN m.in_only_over_five
                      THEN m.over_five__uptime
                      ELSE m.every_second__uptime
                    END
                  ) * 100
                ) < (
                  99 * (
                    CASE
                      WHEN m.in_only_over_five
                      THEN NULLIF(m.over_five__uptime_of, 0)
                      ELSE NULLIF(m.every_second__uptime_of, 0)
                    END
                  )
                )
              )
              THEN CAST(5 AS BIGINT)
              WHEN (
                (
                  (
                    CASE
                      WHEN m.in_only_over_five
                      THEN m.over_five__uptime
                      ELSE m.every_second__uptime
                    END
                  ) * 100
                ) >= (
                  99 * (
                    CASE
                      WHEN m.in_only_over_five
                      THEN NULLIF(m.over_five__uptime_of, 0)
                      ELSE NULLIF(m.every_second__uptime_of, 0)
                    END
                  )
                )
              )
              AND (
                (
                  (
                    CASE
                      WHEN m.in_only_over_five
                      THEN m.over_five__uptime
                      ELSE m.every_second__uptime
                    END
                  ) * 100000
                ) < (
                  99999 * (
                    CASE
                      WHEN m.in_only_over_five
                      THEN NULLIF(m.over_five__uptime_of, 0)
                      ELSE NULLIF(m.every_second__uptime_of, 0)
                    END
                  )
                )
              )
              THEN CAST(3 AS BIGINT)
              WHEN (
                (
                  (
                    CASE
                      WHEN m.in_only_over_five
                      THEN m.over_five__uptime
                      ELSE m.every_second__uptime
                    END
                  ) * 100000
                ) >= (
                  99999 * (
                    CASE
                      WHEN m.in_only_over_five
                      THEN NULLIF(m.over_five__uptime_of, 0)
                      ELSE NULLIF(m.every_second__uptime_of, 0)
                    END
                  )
                )
              )
              THEN CAST(0 AS BIGINT)
            END
          ) AS number_1
        FROM (
          SELECT
            m.*,
            (
              CASE
                WHEN (
                  (
                    (
                      1 * (
                        CASE
                          WHEN m.in_only_over_five
                          THEN NULLIF(m.over_five__uptime_of, 0)
                          ELSE NULLIF(m.every_second__uptime_of, 0)
                        END
                      )
                    ) - (
                      CASE
                        WHEN m.in_only_over_five
                        THEN m.over_five__uptime
                        ELSE m.every_second__uptime
                      END
                    )
                  ) * 100
                ) < 0
                AND NOT (
                  CASE
                    WHEN m.in_only_over_five
                    THEN NULLIF(m.over_five__uptime_of, 0)
                    ELSE NULLIF(m.every_second__uptime_of, 0)
                  END
                ) IS NULL
                THEN 0
                ELSE (
                  (
                    (
                      1 * (
                        CASE
                          WHEN m.in_only_over_five
                          THEN NULLIF(m.over_five__uptime_of, 0)
                          ELSE NULLIF(m.every_second__uptime_of, 0)
                        END
                      )
                    ) - (
                      CASE
                        WHEN m.in_only_over_five
                        THEN m.over_five__uptime
                        ELSE m.every_second__uptime
                      END
                    )
                  ) * 100
                ) DIV (
                  CASE
                    WHEN m.in_only_over_five
                    THEN NULLIF(m.over_five__uptime_of, 0)
                    ELSE NULLIF(m.every_second__uptime_of, 0)
                  END
                )
              END
            ) AS number_0
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
              c.over_five__uptime,
              c.over_five__uptime_of,
              c.every_second__uptime,
              c.every_second__uptime_of,
              f.`ticket_after` AS in_ticket_after,
              COALESCE(f.`only_over_five`, FALSE) AS in_only_over_five,
              f.`claimed_on` AS in_claimed_on
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
    ) AS m
  ) AS m
) AS m;
