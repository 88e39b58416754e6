-- long-cut
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
                3000 + (
                  m.number_0 * 1500
                )
              ) IS NULL
            )
          )
          THEN GREATEST(LEAST((
            3000 + (
              m.number_0 * 1500
            )
          ), CAST(30000 AS BIGINT)), 0)
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN (
            m.cut__longest > (
              CASE
                WHEN (
                  m.in_concentration = 'high'
                )
                THEN CAST(28800000000 AS BIGINT)
                ELSE (
                  CASE
                    WHEN (
                      m.in_concentration = 'medium'
                    )
                    THEN CAST(28800000000 AS BIGINT)
                    ELSE CAST(28800000000 AS BIGINT)
                  END
                )
              END
            )
          )
          THEN 0
          ELSE 1
        END AS BIGINT) AS rule
      FROM (
        SELECT
          m.*,
          (
            CASE
              WHEN (
                m.cut__longest - (
                  CASE
                    WHEN (
                      m.in_concentration = 'high'
                    )
                    THEN CAST(28800000000 AS BIGINT)
                    ELSE (
                      CASE
                        WHEN (
                          m.in_concentration = 'medium'
                        )
                        THEN CAST(28800000000 AS BIGINT)
                        ELSE CAST(28800000000 AS BIGINT)
                      END
                    )
                  END
                )
              ) < 0
              THEN 0
              ELSE (
                m.cut__longest - (
                  CASE
                    WHEN (
                      m.in_concentration = 'high'
                    )
                    THEN CAST(28800000000 AS BIGINT)
                    ELSE (
                      CASE
                        WHEN (
                          m.in_concentration = 'medium'
                        )
                        THEN CAST(28800000000 AS BIGINT)
                        ELSE CAST(28800000000 AS BIGINT)
                      END
                    )
                  END
                )
              ) // 14400000000
            END
          ) AS number_0
        FROM (
          SELECT
            s.brand,
            s.bucket,
            s.mailbox_id,
            s.plan,
            c.cut__longest,
            f."concentration" AS in_concentration
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
  ) AS m
) AS m;
