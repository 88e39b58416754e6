-- compensation
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
  CAST(CASE
    WHEN ending = 0
    THEN CASE rule
      WHEN 4
      THEN CAST('2025-01-23' AS DATE)
      WHEN 5
      THEN CAST('2025-01-23' AS DATE)
    END
  END AS DATE) AS deadline
FROM (
  SELECT
    *,
    CAST(CASE WHEN rule IN (4, 5) AND amount IS NULL THEN 3 WHEN amount = 0 THEN 2 ELSE 0 END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 4
        THEN CASE
          WHEN NOT (
            (
              (
                CASE
                  WHEN m.in_inside_union
                  THEN (
                    CASE
                      WHEN (
                        m.in_distance_km <= 1500
                      )
                      THEN CAST(25000 AS BIGINT)
                      WHEN (
                        m.in_distance_km > 1500
                      )
                      THEN CAST(40000 AS BIGINT)
                    END
                  )
                  ELSE (
                    CASE
                      WHEN (
                        m.in_distance_km <= 1500
                      )
                      THEN CAST(25000 AS BIGINT)
                      WHEN (
                        m.in_distance_km > 1500
                      ) AND (
                        m.in_distance_km <= 3500
                      )
                      THEN CAST(40000 AS BIGINT)
                      WHEN (
                        m.in_distance_km > 3500
                      )
                      THEN CAST(60000 AS BIGINT)
                    END
                  )
                END
              ) IS NULL
            )
            OR (
              CAST('2025-01-23' AS DATE) IS NULL
            )
          )
          THEN (
            (
              2 * (
                CASE
                  WHEN m.in_inside_union
                  THEN (
                    CASE
                      WHEN (
                        m.in_distance_km <= 1500
                      )
                      THEN CAST(25000 AS BIGINT)
                      WHEN (
                        m.in_distance_km > 1500
                      )
                      THEN CAST(40000 AS BIGINT)
                    END
                  )
                  ELSE (
                    CASE
                      WHEN (
                        m.in_distance_km <= 1500
                      )
                      THEN CAST(25000 AS BIGINT)
                      WHEN (
                        m.in_distance_km > 1500
                      ) AND (
                        m.in_distance_km <= 3500
                      )
                      THEN CAST(40000 AS BIGINT)
                      WHEN (
                        m.in_distance_km > 3500
                      )
                      THEN CAST(60000 AS BIGINT)
                    END
                  )
                END
              ) + 2
            ) DIV (
              2 * 2
            )
          )
        END
        WHEN 5
        THEN CASE
          WHEN NOT (
            (
              (
                CASE
                  WHEN m.in_inside_union
                  THEN (
                    CASE
                      WHEN (
                        m.in_distance_km <= 1500
                      )
                      THEN CAST(25000 AS BIGINT)
                      WHEN (
                        m.in_distance_km > 1500
                      )
                      THEN CAST(40000 AS BIGINT)
                    END
                  )
                  ELSE (
                    CASE
                      WHEN (
                        m.in_distance_km <= 1500
                      )
                      THEN CAST(25000 AS BIGINT)
                      WHEN (
                        m.in_distance_km > 1500
                      ) AND (
                        m.in_distance_km <= 3500
                      )
                      THEN CAST(40000 AS BIGINT)
                      WHEN (
                        m.in_distance_km > 3500
                      )
                      THEN CAST(60000 AS BIGINT)
                    END
                  )
                END
              ) IS NULL
            )
            OR (
              CAST('2025-01-23' AS DATE) IS NULL
            )
          )
          THEN (
            CASE
              WHEN m.in_inside_union
              THEN (
                CASE
                  WHEN (
                    m.in_distance_km <= 1500
                  )
                  THEN CAST(25000 AS BIGINT)
                  WHEN (
                    m.in_distance_km > 1500
                  )
                  THEN CAST(40000 AS BIGINT)
                END
              )
              ELSE (
                CASE
                  WHEN (
                    m.in_distance_km <= 1500
                  )
                  THEN CAST(25000 AS BIGINT)
                  WHEN (
                    m.in_distance_km > 1500
                  ) AND (
                    m.in_distance_km <= 3500
                  )
                  THEN CAST(40000 AS BIGINT)
                  WHEN (
                    m.in_distance_km > 3500
                  )
                  THEN CAST(60000 AS BIGINT)
                END
              )
            END
          )
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN (
            m.in_extraordinary AND (
              m.in_event <> 'refused'
            )
          )
          THEN 0
          WHEN (
            (
              m.in_event = 'cancelled'
            ) AND (
              m.in_told_before >= 14
            )
          )
          THEN 1
          WHEN (
            (
              m.in_event = 'cancelled'
            )
            AND (
              (
                (
                  (
                    m.in_told_before >= 7
                  ) AND (
                    m.in_early_by <= 7200000000
                  )
                )
                AND (
                  m.in_late_by < 14400000000
                )
              )
              OR (
                (
                  m.in_early_by <= 3600000000
                ) AND (
                  m.in_late_by < 7200000000
                )
              )
            )
          )
          THEN 2
          WHEN (
            (
              m.in_event = 'late'
            ) AND (
              m.in_late_by < 10800000000
            )
          )
          THEN 3
          WHEN (
            (
              NOT m.in_distance_km IS NULL
            ) AND (
              m.in_late_by <= m.number_1
            )
          )
          THEN 4
          WHEN (
            NOT m.in_distance_km IS NULL
          )
          THEN 5
          ELSE 6
        END AS BIGINT) AS rule
      FROM (
        SELECT
          m.*,
          (
            CASE
              WHEN (
                (
                  CASE
                    WHEN m.in_inside_union
                    THEN (
                      CASE
                        WHEN (
                          m.in_distance_km <= 1500
                        )
                        THEN CAST(25000 AS BIGINT)
                        WHEN (
                          m.in_distance_km > 1500
                        )
                        THEN CAST(40000 AS BIGINT)
                      END
                    )
                    ELSE (
                      CASE
                        WHEN (
                          m.in_distance_km <= 1500
                        )
                        THEN CAST(25000 AS BIGINT)
                        WHEN (
                          m.in_distance_km > 1500
                        ) AND (
                          m.in_distance_km <= 3500
                        )
                        THEN CAST(40000 AS BIGINT)
                        WHEN (
                          m.in_distance_km > 3500
                        )
                        THEN CAST(60000 AS BIGINT)
                      END
                    )
                  END
                ) = 25000
              )
              THEN CAST(7200000000 AS BIGINT)
              ELSE m.number_0
            END
          ) AS number_1
        FROM (
          SELECT
            m.*,
            (
              CASE
                WHEN (
                  (
                    CASE
                      WHEN m.in_inside_union
                      THEN (
                        CASE
                          WHEN (
                            m.in_distance_km <= 1500
                          )
                          THEN CAST(25000 AS BIGINT)
                          WHEN (
                            m.in_distance_km > 1500
                          )
                          THEN CAST(40000 AS BIGINT)
                        END
                      )
                      ELSE (
                        CASE
                          WHEN (
                            m.in_distance_km <= 1500
                          )
                          THEN CAST(25000 AS BIGINT)
                          WHEN (
                            m.in_distance_km > 1500
                          ) AND (
                            m.in_distance_km <= 3500
                          )
                          THEN CAST(40000 AS BIGINT)
                          WHEN (
                            m.in_distance_km > 3500
                          )
                          THEN CAST(60000 AS BIGINT)
                        END
                      )
                    END
                  ) = 40000
                )
                THEN CAST(10800000000 AS BIGINT)
                ELSE CAST(14400000000 AS BIGINT)
              END
            ) AS number_0
          FROM (
            SELECT
              s.brand,
              s.bucket,
              s.mailbox_id,
              s.plan,
              COALESCE(f.`extraordinary`, FALSE) AS in_extraordinary,
              COALESCE(f.`event`, 'late') AS in_event,
              COALESCE(f.`told_before`, 0) AS in_told_before,
              COALESCE(f.`early_by`, 0) AS in_early_by,
              f.`late_by` AS in_late_by,
              f.`distance_km` AS in_distance_km,
              COALESCE(f.`inside_union`, FALSE) AS in_inside_union
            FROM snapshot AS s
            LEFT JOIN facts AS f
              ON f.mailbox_id = s.mailbox_id
          ) AS m
        ) AS m
      ) AS m
    ) AS m
  ) AS m
) AS m;
