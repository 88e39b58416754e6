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
      THEN CASE WHEN m.in_claimed_on IS NULL THEN CAST('2023-03-02' AS DATE) END
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
      AND CAST('2023-02-10' AS DATE) > CAST('2023-03-02' AS DATE)
      THEN 4
      WHEN rule = 1 AND m.in_claimed_on > CAST('2023-03-02' AS DATE)
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
              m.number_1 IS NULL OR m.number_1_of IS NULL
            )
            OR (
              CAST('2023-03-02' AS DATE) IS NULL
            )
          )
          THEN (
            CAST(DIV(
              (
                2 * m.number_1 + (
                  m.number_1_of * 20
                )
              ),
              (
                2 * (
                  m.number_1_of * 20
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
            m.standing = 'arrears'
          )
          THEN 0
          WHEN (
            (
              (
                (
                  m.smtp__uptime * 1000
                ) < (
                  999 * NULLIF(m.smtp__uptime_of, 0)
                )
              )
              OR (
                (
                  m.imap_pop__uptime * 1000
                ) < (
                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                )
              )
            )
            OR (
              (
                m.web__uptime * 200
              ) < (
                199 * NULLIF(m.web__uptime_of, 0)
              )
            )
          )
          THEN 1
          ELSE 2
        END AS BIGINT) AS rule
      FROM (
        SELECT
          m.*,
          (
            (
              CASE
                WHEN (
                  (
                    m.number_0 * 10
                  ) < (
                    9 * m.number_0_of
                  )
                )
                THEN CAST(20 AS BIGINT)
                WHEN (
                  (
                    m.number_0 * 10
                  ) >= (
                    9 * m.number_0_of
                  )
                )
                AND (
                  (
                    m.number_0 * 20
                  ) < (
                    19 * m.number_0_of
                  )
                )
                THEN CAST(10 AS BIGINT)
                WHEN (
                  (
                    m.number_0 * 20
                  ) >= (
                    19 * m.number_0_of
                  )
                )
                AND (
                  (
                    m.number_0 * 100
                  ) < (
                    99 * m.number_0_of
                  )
                )
                THEN CAST(5 AS BIGINT)
                WHEN (
                  (
                    m.number_0 * 100
                  ) >= (
                    99 * m.number_0_of
                  )
                )
                THEN CAST(2 AS BIGINT)
              END
            ) * m.then__price
          ) AS number_1,
          NULLIF(m.then__billing_months, 0) AS number_1_of
        FROM (
          SELECT
            m.*,
            (
              CASE
                WHEN (
                  (
                    (
                      CASE
                        WHEN (
                          (
                            m.web__uptime * 200
                          ) < (
                            199 * NULLIF(m.web__uptime_of, 0)
                          )
                        )
                        THEN m.web__uptime
                        ELSE CAST(199 AS BIGINT)
                      END
                    ) IS NULL
                    OR (
                      CASE
                        WHEN (
                          (
                            m.web__uptime * 200
                          ) < (
                            199 * NULLIF(m.web__uptime_of, 0)
                          )
                        )
                        THEN NULLIF(m.web__uptime_of, 0)
                        ELSE CAST(200 AS BIGINT)
                      END
                    ) IS NULL
                  )
                  OR (
                    (
                      (
                        CASE
                          WHEN (
                            (
                              (
                                CASE
                                  WHEN (
                                    (
                                      m.imap_pop__uptime * 1000
                                    ) < (
                                      999 * NULLIF(m.imap_pop__uptime_of, 0)
                                    )
                                  )
                                  THEN m.imap_pop__uptime
                                  ELSE CAST(999 AS BIGINT)
                                END
                              ) IS NULL
                              OR (
                                CASE
                                  WHEN (
                                    (
                                      m.imap_pop__uptime * 1000
                                    ) < (
                                      999 * NULLIF(m.imap_pop__uptime_of, 0)
                                    )
                                  )
                                  THEN NULLIF(m.imap_pop__uptime_of, 0)
                                  ELSE CAST(1000 AS BIGINT)
                                END
                              ) IS NULL
                            )
                            OR (
                              (
                                (
                                  CASE
                                    WHEN (
                                      (
                                        m.smtp__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.smtp__uptime_of, 0)
                                      )
                                    )
                                    THEN m.smtp__uptime
                                    ELSE CAST(999 AS BIGINT)
                                  END
                                ) * (
                                  CASE
                                    WHEN (
                                      (
                                        m.imap_pop__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.imap_pop__uptime_of, 0)
                                      )
                                    )
                                    THEN NULLIF(m.imap_pop__uptime_of, 0)
                                    ELSE CAST(1000 AS BIGINT)
                                  END
                                )
                              ) <= (
                                (
                                  CASE
                                    WHEN (
                                      (
                                        m.imap_pop__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.imap_pop__uptime_of, 0)
                                      )
                                    )
                                    THEN m.imap_pop__uptime
                                    ELSE CAST(999 AS BIGINT)
                                  END
                                ) * (
                                  CASE
                                    WHEN (
                                      (
                                        m.smtp__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.smtp__uptime_of, 0)
                                      )
                                    )
                                    THEN NULLIF(m.smtp__uptime_of, 0)
                                    ELSE CAST(1000 AS BIGINT)
                                  END
                                )
                              )
                            )
                          )
                          AND NOT (
                            (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN m.smtp__uptime
                                ELSE CAST(999 AS BIGINT)
                              END
                            ) IS NULL
                            OR (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN NULLIF(m.smtp__uptime_of, 0)
                                ELSE CAST(1000 AS BIGINT)
                              END
                            ) IS NULL
                          )
                          THEN (
                            CASE
                              WHEN (
                                (
                                  m.smtp__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.smtp__uptime_of, 0)
                                )
                              )
                              THEN m.smtp__uptime
                              ELSE CAST(999 AS BIGINT)
                            END
                          )
                          ELSE (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN m.imap_pop__uptime
                              ELSE CAST(999 AS BIGINT)
                            END
                          )
                        END
                      ) * (
                        CASE
                          WHEN (
                            (
                              m.web__uptime * 200
                            ) < (
                              199 * NULLIF(m.web__uptime_of, 0)
                            )
                          )
                          THEN NULLIF(m.web__uptime_of, 0)
                          ELSE CAST(200 AS BIGINT)
                        END
                      )
                    ) <= (
                      (
                        CASE
                          WHEN (
                            (
                              m.web__uptime * 200
                            ) < (
                              199 * NULLIF(m.web__uptime_of, 0)
                            )
                          )
                          THEN m.web__uptime
                          ELSE CAST(199 AS BIGINT)
                        END
                      ) * (
                        CASE
                          WHEN (
                            (
                              (
                                CASE
                                  WHEN (
                                    (
                                      m.imap_pop__uptime * 1000
                                    ) < (
                                      999 * NULLIF(m.imap_pop__uptime_of, 0)
                                    )
                                  )
                                  THEN m.imap_pop__uptime
                                  ELSE CAST(999 AS BIGINT)
                                END
                              ) IS NULL
                              OR (
                                CASE
                                  WHEN (
                                    (
                                      m.imap_pop__uptime * 1000
                                    ) < (
                                      999 * NULLIF(m.imap_pop__uptime_of, 0)
                                    )
                                  )
                                  THEN NULLIF(m.imap_pop__uptime_of, 0)
                                  ELSE CAST(1000 AS BIGINT)
                                END
                              ) IS NULL
                            )
                            OR (
                              (
                                (
                                  CASE
                                    WHEN (
                                      (
                                        m.smtp__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.smtp__uptime_of, 0)
                                      )
                                    )
                                    THEN m.smtp__uptime
                                    ELSE CAST(999 AS BIGINT)
                                  END
                                ) * (
                                  CASE
                                    WHEN (
                                      (
                                        m.imap_pop__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.imap_pop__uptime_of, 0)
                                      )
                                    )
                                    THEN NULLIF(m.imap_pop__uptime_of, 0)
                                    ELSE CAST(1000 AS BIGINT)
                                  END
                                )
                              ) <= (
                                (
                                  CASE
                                    WHEN (
                                      (
                                        m.imap_pop__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.imap_pop__uptime_of, 0)
                                      )
                                    )
                                    THEN m.imap_pop__uptime
                                    ELSE CAST(999 AS BIGINT)
                                  END
                                ) * (
                                  CASE
                                    WHEN (
                                      (
                                        m.smtp__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.smtp__uptime_of, 0)
                                      )
                                    )
                                    THEN NULLIF(m.smtp__uptime_of, 0)
                                    ELSE CAST(1000 AS BIGINT)
                                  END
                                )
                              )
                            )
                          )
                          AND NOT (
                            (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN m.smtp__uptime
                                ELSE CAST(999 AS BIGINT)
                              END
                            ) IS NULL
                            OR (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN NULLIF(m.smtp__uptime_of, 0)
                                ELSE CAST(1000 AS BIGINT)
                              END
                            ) IS NULL
                          )
                          THEN (
                            CASE
                              WHEN (
                                (
                                  m.smtp__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.smtp__uptime_of, 0)
                                )
                              )
                              THEN NULLIF(m.smtp__uptime_of, 0)
                              ELSE CAST(1000 AS BIGINT)
                            END
                          )
                          ELSE (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN NULLIF(m.imap_pop__uptime_of, 0)
                              ELSE CAST(1000 AS BIGINT)
                            END
                          )
                        END
                      )
                    )
                  )
                )
                AND NOT (
                  (
                    CASE
                      WHEN (
                        (
                          (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN m.imap_pop__uptime
                              ELSE CAST(999 AS BIGINT)
                            END
                          ) IS NULL
                          OR (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN NULLIF(m.imap_pop__uptime_of, 0)
                              ELSE CAST(1000 AS BIGINT)
                            END
                          ) IS NULL
                        )
                        OR (
                          (
                            (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN m.smtp__uptime
                                ELSE CAST(999 AS BIGINT)
                              END
                            ) * (
                              CASE
                                WHEN (
                                  (
                                    m.imap_pop__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.imap_pop__uptime_of, 0)
                                  )
                                )
                                THEN NULLIF(m.imap_pop__uptime_of, 0)
                                ELSE CAST(1000 AS BIGINT)
                              END
                            )
                          ) <= (
                            (
                              CASE
                                WHEN (
                                  (
                                    m.imap_pop__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.imap_pop__uptime_of, 0)
                                  )
                                )
                                THEN m.imap_pop__uptime
                                ELSE CAST(999 AS BIGINT)
                              END
                            ) * (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN NULLIF(m.smtp__uptime_of, 0)
                                ELSE CAST(1000 AS BIGINT)
                              END
                            )
                          )
                        )
                      )
                      AND NOT (
                        (
                          CASE
                            WHEN (
                              (
                                m.smtp__uptime * 1000
                              ) < (
                                999 * NULLIF(m.smtp__uptime_of, 0)
                              )
                            )
                            THEN m.smtp__uptime
                            ELSE CAST(999 AS BIGINT)
                          END
                        ) IS NULL
                        OR (
                          CASE
                            WHEN (
                              (
                                m.smtp__uptime * 1000
                              ) < (
                                999 * NULLIF(m.smtp__uptime_of, 0)
                              )
                            )
                            THEN NULLIF(m.smtp__uptime_of, 0)
                            ELSE CAST(1000 AS BIGINT)
                          END
                        ) IS NULL
                      )
                      THEN (
                        CASE
                          WHEN (
                            (
                              m.smtp__uptime * 1000
                            ) < (
                              999 * NULLIF(m.smtp__uptime_of, 0)
                            )
                          )
                          THEN m.smtp__uptime
                          ELSE CAST(999 AS BIGINT)
                        END
                      )
                      ELSE (
                        CASE
                          WHEN (
                            (
                              m.imap_pop__uptime * 1000
                            ) < (
                              999 * NULLIF(m.imap_pop__uptime_of, 0)
                            )
                          )
                          THEN m.imap_pop__uptime
                          ELSE CAST(999 AS BIGINT)
                        END
                      )
                    END
                  ) IS NULL
                  OR (
                    CASE
                      WHEN (
                        (
                          (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN m.imap_pop__uptime
                              ELSE CAST(999 AS BIGINT)
                            END
                          ) IS NULL
                          OR (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN NULLIF(m.imap_pop__uptime_of, 0)
                              ELSE CAST(1000 AS BIGINT)
                            END
                          ) IS NULL
                        )
                        OR (
                          (
                            (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN m.smtp__uptime
                                ELSE CAST(999 AS BIGINT)
                              END
                            ) * (
                              CASE
                                WHEN (
                                  (
                                    m.imap_pop__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.imap_pop__uptime_of, 0)
                                  )
                                )
                                THEN NULLIF(m.imap_pop__uptime_of, 0)
                                ELSE CAST(1000 AS BIGINT)
                              END
                            )
                          ) <= (
                            (
                              CASE
                                WHEN (
                                  (
                                    m.imap_pop__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.imap_pop__uptime_of, 0)
                                  )
                                )
                                THEN m.imap_pop__uptime
                                ELSE CAST(999 AS BIGINT)
                              END
                            ) * (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN NULLIF(m.smtp__uptime_of, 0)
                                ELSE CAST(1000 AS BIGINT)
                              END
                            )
                          )
                        )
                      )
                      AND NOT (
                        (
                          CASE
                            WHEN (
                              (
                                m.smtp__uptime * 1000
                              ) < (
                                999 * NULLIF(m.smtp__uptime_of, 0)
                              )
                            )
                            THEN m.smtp__uptime
                            ELSE CAST(999 AS BIGINT)
                          END
                        ) IS NULL
                        OR (
                          CASE
                            WHEN (
                              (
                                m.smtp__uptime * 1000
                              ) < (
                                999 * NULLIF(m.smtp__uptime_of, 0)
                              )
                            )
                            THEN NULLIF(m.smtp__uptime_of, 0)
                            ELSE CAST(1000 AS BIGINT)
                          END
                        ) IS NULL
                      )
                      THEN (
                        CASE
                          WHEN (
                            (
                              m.smtp__uptime * 1000
                            ) < (
                              999 * NULLIF(m.smtp__uptime_of, 0)
                            )
                          )
                          THEN NULLIF(m.smtp__uptime_of, 0)
                          ELSE CAST(1000 AS BIGINT)
                        END
                      )
                      ELSE (
                        CASE
                          WHEN (
                            (
                              m.imap_pop__uptime * 1000
                            ) < (
                              999 * NULLIF(m.imap_pop__uptime_of, 0)
                            )
                          )
                          THEN NULLIF(m.imap_pop__uptime_of, 0)
                          ELSE CAST(1000 AS BIGINT)
                        END
                      )
                    END
                  ) IS NULL
                )
                THEN (
                  CASE
                    WHEN (
                      (
                        (
                          CASE
                            WHEN (
                              (
                                m.imap_pop__uptime * 1000
                              ) < (
                                999 * NULLIF(m.imap_pop__uptime_of, 0)
                              )
                            )
                            THEN m.imap_pop__uptime
                            ELSE CAST(999 AS BIGINT)
                          END
                        ) IS NULL
                        OR (
                          CASE
                            WHEN (
                              (
                                m.imap_pop__uptime * 1000
                              ) < (
                                999 * NULLIF(m.imap_pop__uptime_of, 0)
                              )
                            )
                            THEN NULLIF(m.imap_pop__uptime_of, 0)
                            ELSE CAST(1000 AS BIGINT)
                          END
                        ) IS NULL
                      )
                      OR (
                        (
                          (
                            CASE
                              WHEN (
                                (
                                  m.smtp__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.smtp__uptime_of, 0)
                                )
                              )
                              THEN m.smtp__uptime
                              ELSE CAST(999 AS BIGINT)
                            END
                          ) * (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN NULLIF(m.imap_pop__uptime_of, 0)
                              ELSE CAST(1000 AS BIGINT)
                            END
                          )
                        ) <= (
                          (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN m.imap_pop__uptime
                              ELSE CAST(999 AS BIGINT)
                            END
                          ) * (
                            CASE
                              WHEN (
                                (
                                  m.smtp__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.smtp__uptime_of, 0)
                                )
                              )
                              THEN NULLIF(m.smtp__uptime_of, 0)
                              ELSE CAST(1000 AS BIGINT)
                            END
                          )
                        )
                      )
                    )
                    AND NOT (
                      (
                        CASE
                          WHEN (
                            (
                              m.smtp__uptime * 1000
                            ) < (
                              999 * NULLIF(m.smtp__uptime_of, 0)
                            )
                          )
                          THEN m.smtp__uptime
                          ELSE CAST(999 AS BIGINT)
                        END
                      ) IS NULL
                      OR (
                        CASE
                          WHEN (
                            (
                              m.smtp__uptime * 1000
                            ) < (
                              999 * NULLIF(m.smtp__uptime_of, 0)
                            )
                          )
                          THEN NULLIF(m.smtp__uptime_of, 0)
                          ELSE CAST(1000 AS BIGINT)
                        END
                      ) IS NULL
                    )
                    THEN (
                      CASE
                        WHEN (
                          (
                            m.smtp__uptime * 1000
                          ) < (
                            999 * NULLIF(m.smtp__uptime_of, 0)
                          )
                        )
                        THEN m.smtp__uptime
                        ELSE CAST(999 AS BIGINT)
                      END
                    )
                    ELSE (
                      CASE
                        WHEN (
                          (
                            m.imap_pop__uptime * 1000
                          ) < (
                            999 * NULLIF(m.imap_pop__uptime_of, 0)
                          )
                        )
                        THEN m.imap_pop__uptime
                        ELSE CAST(999 AS BIGINT)
                      END
                    )
                  END
                )
                ELSE (
                  CASE
                    WHEN (
                      (
                        m.web__uptime * 200
                      ) < (
                        199 * NULLIF(m.web__uptime_of, 0)
                      )
                    )
                    THEN m.web__uptime
                    ELSE CAST(199 AS BIGINT)
                  END
                )
              END
            ) AS number_0,
            (
              CASE
                WHEN (
                  (
                    (
                      CASE
                        WHEN (
                          (
                            m.web__uptime * 200
                          ) < (
                            199 * NULLIF(m.web__uptime_of, 0)
                          )
                        )
                        THEN m.web__uptime
                        ELSE CAST(199 AS BIGINT)
                      END
                    ) IS NULL
                    OR (
                      CASE
                        WHEN (
                          (
                            m.web__uptime * 200
                          ) < (
                            199 * NULLIF(m.web__uptime_of, 0)
                          )
                        )
                        THEN NULLIF(m.web__uptime_of, 0)
                        ELSE CAST(200 AS BIGINT)
                      END
                    ) IS NULL
                  )
                  OR (
                    (
                      (
                        CASE
                          WHEN (
                            (
                              (
                                CASE
                                  WHEN (
                                    (
                                      m.imap_pop__uptime * 1000
                                    ) < (
                                      999 * NULLIF(m.imap_pop__uptime_of, 0)
                                    )
                                  )
                                  THEN m.imap_pop__uptime
                                  ELSE CAST(999 AS BIGINT)
                                END
                              ) IS NULL
                              OR (
                                CASE
                                  WHEN (
                                    (
                                      m.imap_pop__uptime * 1000
                                    ) < (
                                      999 * NULLIF(m.imap_pop__uptime_of, 0)
                                    )
                                  )
                                  THEN NULLIF(m.imap_pop__uptime_of, 0)
                                  ELSE CAST(1000 AS BIGINT)
                                END
                              ) IS NULL
                            )
                            OR (
                              (
                                (
                                  CASE
                                    WHEN (
                                      (
                                        m.smtp__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.smtp__uptime_of, 0)
                                      )
                                    )
                                    THEN m.smtp__uptime
                                    ELSE CAST(999 AS BIGINT)
                                  END
                                ) * (
                                  CASE
                                    WHEN (
                                      (
                                        m.imap_pop__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.imap_pop__uptime_of, 0)
                                      )
                                    )
                                    THEN NULLIF(m.imap_pop__uptime_of, 0)
                                    ELSE CAST(1000 AS BIGINT)
                                  END
                                )
                              ) <= (
                                (
                                  CASE
                                    WHEN (
                                      (
                                        m.imap_pop__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.imap_pop__uptime_of, 0)
                                      )
                                    )
                                    THEN m.imap_pop__uptime
                                    ELSE CAST(999 AS BIGINT)
                                  END
                                ) * (
                                  CASE
                                    WHEN (
                                      (
                                        m.smtp__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.smtp__uptime_of, 0)
                                      )
                                    )
                                    THEN NULLIF(m.smtp__uptime_of, 0)
                                    ELSE CAST(1000 AS BIGINT)
                                  END
                                )
                              )
                            )
                          )
                          AND NOT (
                            (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN m.smtp__uptime
                                ELSE CAST(999 AS BIGINT)
                              END
                            ) IS NULL
                            OR (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN NULLIF(m.smtp__uptime_of, 0)
                                ELSE CAST(1000 AS BIGINT)
                              END
                            ) IS NULL
                          )
                          THEN (
                            CASE
                              WHEN (
                                (
                                  m.smtp__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.smtp__uptime_of, 0)
                                )
                              )
                              THEN m.smtp__uptime
                              ELSE CAST(999 AS BIGINT)
                            END
                          )
                          ELSE (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN m.imap_pop__uptime
                              ELSE CAST(999 AS BIGINT)
                            END
                          )
                        END
                      ) * (
                        CASE
                          WHEN (
                            (
                              m.web__uptime * 200
                            ) < (
                              199 * NULLIF(m.web__uptime_of, 0)
                            )
                          )
                          THEN NULLIF(m.web__uptime_of, 0)
                          ELSE CAST(200 AS BIGINT)
                        END
                      )
                    ) <= (
                      (
                        CASE
                          WHEN (
                            (
                              m.web__uptime * 200
                            ) < (
                              199 * NULLIF(m.web__uptime_of, 0)
                            )
                          )
                          THEN m.web__uptime
                          ELSE CAST(199 AS BIGINT)
                        END
                      ) * (
                        CASE
                          WHEN (
                            (
                              (
                                CASE
                                  WHEN (
                                    (
                                      m.imap_pop__uptime * 1000
                                    ) < (
                                      999 * NULLIF(m.imap_pop__uptime_of, 0)
                                    )
                                  )
                                  THEN m.imap_pop__uptime
                                  ELSE CAST(999 AS BIGINT)
                                END
                              ) IS NULL
                              OR (
                                CASE
                                  WHEN (
                                    (
                                      m.imap_pop__uptime * 1000
                                    ) < (
                                      999 * NULLIF(m.imap_pop__uptime_of, 0)
                                    )
                                  )
                                  THEN NULLIF(m.imap_pop__uptime_of, 0)
                                  ELSE CAST(1000 AS BIGINT)
                                END
                              ) IS NULL
                            )
                            OR (
                              (
                                (
                                  CASE
                                    WHEN (
                                      (
                                        m.smtp__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.smtp__uptime_of, 0)
                                      )
                                    )
                                    THEN m.smtp__uptime
                                    ELSE CAST(999 AS BIGINT)
                                  END
                                ) * (
                                  CASE
                                    WHEN (
                                      (
                                        m.imap_pop__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.imap_pop__uptime_of, 0)
                                      )
                                    )
                                    THEN NULLIF(m.imap_pop__uptime_of, 0)
                                    ELSE CAST(1000 AS BIGINT)
                                  END
                                )
                              ) <= (
                                (
                                  CASE
                                    WHEN (
                                      (
                                        m.imap_pop__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.imap_pop__uptime_of, 0)
                                      )
                                    )
                                    THEN m.imap_pop__uptime
                                    ELSE CAST(999 AS BIGINT)
                                  END
                                ) * (
                                  CASE
                                    WHEN (
                                      (
                                        m.smtp__uptime * 1000
                                      ) < (
                                        999 * NULLIF(m.smtp__uptime_of, 0)
                                      )
                                    )
                                    THEN NULLIF(m.smtp__uptime_of, 0)
                                    ELSE CAST(1000 AS BIGINT)
                                  END
                                )
                              )
                            )
                          )
                          AND NOT (
                            (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN m.smtp__uptime
                                ELSE CAST(999 AS BIGINT)
                              END
                            ) IS NULL
                            OR (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN NULLIF(m.smtp__uptime_of, 0)
                                ELSE CAST(1000 AS BIGINT)
                              END
                            ) IS NULL
                          )
                          THEN (
                            CASE
                              WHEN (
                                (
                                  m.smtp__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.smtp__uptime_of, 0)
                                )
                              )
                              THEN NULLIF(m.smtp__uptime_of, 0)
                              ELSE CAST(1000 AS BIGINT)
                            END
                          )
                          ELSE (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN NULLIF(m.imap_pop__uptime_of, 0)
                              ELSE CAST(1000 AS BIGINT)
                            END
                          )
                        END
                      )
                    )
                  )
                )
                AND NOT (
                  (
                    CASE
                      WHEN (
                        (
                          (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN m.imap_pop__uptime
                              ELSE CAST(999 AS BIGINT)
                            END
                          ) IS NULL
                          OR (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN NULLIF(m.imap_pop__uptime_of, 0)
                              ELSE CAST(1000 AS BIGINT)
                            END
                          ) IS NULL
                        )
                        OR (
                          (
                            (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN m.smtp__uptime
                                ELSE CAST(999 AS BIGINT)
                              END
                            ) * (
                              CASE
                                WHEN (
                                  (
                                    m.imap_pop__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.imap_pop__uptime_of, 0)
                                  )
                                )
                                THEN NULLIF(m.imap_pop__uptime_of, 0)
                                ELSE CAST(1000 AS BIGINT)
                              END
                            )
                          ) <= (
                            (
                              CASE
                                WHEN (
                                  (
                                    m.imap_pop__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.imap_pop__uptime_of, 0)
                                  )
                                )
                                THEN m.imap_pop__uptime
                                ELSE CAST(999 AS BIGINT)
                              END
                            ) * (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN NULLIF(m.smtp__uptime_of, 0)
                                ELSE CAST(1000 AS BIGINT)
                              END
                            )
                          )
                        )
                      )
                      AND NOT (
                        (
                          CASE
                            WHEN (
                              (
                                m.smtp__uptime * 1000
                              ) < (
                                999 * NULLIF(m.smtp__uptime_of, 0)
                              )
                            )
                            THEN m.smtp__uptime
                            ELSE CAST(999 AS BIGINT)
                          END
                        ) IS NULL
                        OR (
                          CASE
                            WHEN (
                              (
                                m.smtp__uptime * 1000
                              ) < (
                                999 * NULLIF(m.smtp__uptime_of, 0)
                              )
                            )
                            THEN NULLIF(m.smtp__uptime_of, 0)
                            ELSE CAST(1000 AS BIGINT)
                          END
                        ) IS NULL
                      )
                      THEN (
                        CASE
                          WHEN (
                            (
                              m.smtp__uptime * 1000
                            ) < (
                              999 * NULLIF(m.smtp__uptime_of, 0)
                            )
                          )
                          THEN m.smtp__uptime
                          ELSE CAST(999 AS BIGINT)
                        END
                      )
                      ELSE (
                        CASE
                          WHEN (
                            (
                              m.imap_pop__uptime * 1000
                            ) < (
                              999 * NULLIF(m.imap_pop__uptime_of, 0)
                            )
                          )
                          THEN m.imap_pop__uptime
                          ELSE CAST(999 AS BIGINT)
                        END
                      )
                    END
                  ) IS NULL
                  OR (
                    CASE
                      WHEN (
                        (
                          (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN m.imap_pop__uptime
                              ELSE CAST(999 AS BIGINT)
                            END
                          ) IS NULL
                          OR (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN NULLIF(m.imap_pop__uptime_of, 0)
                              ELSE CAST(1000 AS BIGINT)
                            END
                          ) IS NULL
                        )
                        OR (
                          (
                            (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN m.smtp__uptime
                                ELSE CAST(999 AS BIGINT)
                              END
                            ) * (
                              CASE
                                WHEN (
                                  (
                                    m.imap_pop__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.imap_pop__uptime_of, 0)
                                  )
                                )
                                THEN NULLIF(m.imap_pop__uptime_of, 0)
                                ELSE CAST(1000 AS BIGINT)
                              END
                            )
                          ) <= (
                            (
                              CASE
                                WHEN (
                                  (
                                    m.imap_pop__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.imap_pop__uptime_of, 0)
                                  )
                                )
                                THEN m.imap_pop__uptime
                                ELSE CAST(999 AS BIGINT)
                              END
                            ) * (
                              CASE
                                WHEN (
                                  (
                                    m.smtp__uptime * 1000
                                  ) < (
                                    999 * NULLIF(m.smtp__uptime_of, 0)
                                  )
                                )
                                THEN NULLIF(m.smtp__uptime_of, 0)
                                ELSE CAST(1000 AS BIGINT)
                              END
                            )
                          )
                        )
                      )
                      AND NOT (
                        (
                          CASE
                            WHEN (
                              (
                                m.smtp__uptime * 1000
                              ) < (
                                999 * NULLIF(m.smtp__uptime_of, 0)
                              )
                            )
                            THEN m.smtp__uptime
                            ELSE CAST(999 AS BIGINT)
                          END
                        ) IS NULL
                        OR (
                          CASE
                            WHEN (
                              (
                                m.smtp__uptime * 1000
                              ) < (
                                999 * NULLIF(m.smtp__uptime_of, 0)
                              )
                            )
                            THEN NULLIF(m.smtp__uptime_of, 0)
                            ELSE CAST(1000 AS BIGINT)
                          END
                        ) IS NULL
                      )
                      THEN (
                        CASE
                          WHEN (
                            (
                              m.smtp__uptime * 1000
                            ) < (
                              999 * NULLIF(m.smtp__uptime_of, 0)
                            )
                          )
                          THEN NULLIF(m.smtp__uptime_of, 0)
                          ELSE CAST(1000 AS BIGINT)
                        END
                      )
                      ELSE (
                        CASE
                          WHEN (
                            (
                              m.imap_pop__uptime * 1000
                            ) < (
                              999 * NULLIF(m.imap_pop__uptime_of, 0)
                            )
                          )
                          THEN NULLIF(m.imap_pop__uptime_of, 0)
                          ELSE CAST(1000 AS BIGINT)
                        END
                      )
                    END
                  ) IS NULL
                )
                THEN (
                  CASE
                    WHEN (
                      (
                        (
                          CASE
                            WHEN (
                              (
                                m.imap_pop__uptime * 1000
                              ) < (
                                999 * NULLIF(m.imap_pop__uptime_of, 0)
                              )
                            )
                            THEN m.imap_pop__uptime
                            ELSE CAST(999 AS BIGINT)
                          END
                        ) IS NULL
                        OR (
                          CASE
                            WHEN (
                              (
                                m.imap_pop__uptime * 1000
                              ) < (
                                999 * NULLIF(m.imap_pop__uptime_of, 0)
                              )
                            )
                            THEN NULLIF(m.imap_pop__uptime_of, 0)
                            ELSE CAST(1000 AS BIGINT)
                          END
                        ) IS NULL
                      )
                      OR (
                        (
                          (
                            CASE
                              WHEN (
                                (
                                  m.smtp__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.smtp__uptime_of, 0)
                                )
                              )
                              THEN m.smtp__uptime
                              ELSE CAST(999 AS BIGINT)
                            END
                          ) * (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN NULLIF(m.imap_pop__uptime_of, 0)
                              ELSE CAST(1000 AS BIGINT)
                            END
                          )
                        ) <= (
                          (
                            CASE
                              WHEN (
                                (
                                  m.imap_pop__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.imap_pop__uptime_of, 0)
                                )
                              )
                              THEN m.imap_pop__uptime
                              ELSE CAST(999 AS BIGINT)
                            END
                          ) * (
                            CASE
                              WHEN (
                                (
                                  m.smtp__uptime * 1000
                                ) < (
                                  999 * NULLIF(m.smtp__uptime_of, 0)
                                )
                              )
                              THEN NULLIF(m.smtp__uptime_of, 0)
                              ELSE CAST(1000 AS BIGINT)
                            END
                          )
                        )
                      )
                    )
                    AND NOT (
                      (
                        CASE
                          WHEN (
                            (
                              m.smtp__uptime * 1000
                            ) < (
                              999 * NULLIF(m.smtp__uptime_of, 0)
                            )
                          )
                          THEN m.smtp__uptime
                          ELSE CAST(999 AS BIGINT)
                        END
                      ) IS NULL
                      OR (
                        CASE
                          WHEN (
                            (
                              m.smtp__uptime * 1000
                            ) < (
                              999 * NULLIF(m.smtp__uptime_of, 0)
                            )
                          )
                          THEN NULLIF(m.smtp__uptime_of, 0)
                          ELSE CAST(1000 AS BIGINT)
                        END
                      ) IS NULL
                    )
                    THEN (
                      CASE
                        WHEN (
                          (
                            m.smtp__uptime * 1000
                          ) < (
                            999 * NULLIF(m.smtp__uptime_of, 0)
                          )
                        )
                        THEN NULLIF(m.smtp__uptime_of, 0)
                        ELSE CAST(1000 AS BIGINT)
                      END
                    )
                    ELSE (
                      CASE
                        WHEN (
                          (
                            m.imap_pop__uptime * 1000
                          ) < (
                            999 * NULLIF(m.imap_pop__uptime_of, 0)
                          )
                        )
                        THEN NULLIF(m.imap_pop__uptime_of, 0)
                        ELSE CAST(1000 AS BIGINT)
                      END
                    )
                  END
                )
                ELSE (
                  CASE
                    WHEN (
                      (
                        m.web__uptime * 200
                      ) < (
                        199 * NULLIF(m.web__uptime_of, 0)
                      )
                    )
                    THEN NULLIF(m.web__uptime_of, 0)
                    ELSE CAST(200 AS BIGINT)
                  END
                )
              END
            ) AS number_0_of
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
              c.smtp__uptime,
              c.smtp__uptime_of,
              c.imap_pop__uptime,
              c.imap_pop__uptime_of,
              c.web__uptime,
              c.web__uptime_of,
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
    ) AS m
  ) AS m
) AS m;
