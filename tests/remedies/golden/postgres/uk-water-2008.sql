-- supply-not-restored
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
    CAST(CASE WHEN rule IN (1) AND amount IS NULL THEN 3 WHEN amount = 0 THEN 2 ELSE 0 END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 1
        THEN CASE WHEN NOT (
          (
            m.number_0 IS NULL
          )
        ) THEN GREATEST(m.number_0, 0) END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN m.in_drought
          THEN 0
          WHEN (
            m.cut_off__longest > (
              CASE
                WHEN m.in_strategic_main
                THEN CAST(172800000000 AS BIGINT)
                ELSE CAST(43200000000 AS BIGINT)
              END
            )
          )
          THEN 1
          ELSE 2
        END AS BIGINT) AS rule
      FROM (
        SELECT
          m.*,
          (
            CASE
              WHEN m.in_domestic
              THEN (
                2000 + (
                  (
                    CASE
                      WHEN (
                        m.cut_off__longest - (
                          CASE
                            WHEN m.in_strategic_main
                            THEN CAST(172800000000 AS BIGINT)
                            ELSE CAST(43200000000 AS BIGINT)
                          END
                        )
                      ) < 0
                      THEN 0
                      ELSE CAST(DIV(
                        (
                          m.cut_off__longest - (
                            CASE
                              WHEN m.in_strategic_main
                              THEN CAST(172800000000 AS BIGINT)
                              ELSE CAST(43200000000 AS BIGINT)
                            END
                          )
                        ),
                        86400000000
                      ) AS BIGINT)
                    END
                  ) * 1000
                )
              )
              ELSE (
                5000 + (
                  (
                    CASE
                      WHEN (
                        m.cut_off__longest - (
                          CASE
                            WHEN m.in_strategic_main
                            THEN CAST(172800000000 AS BIGINT)
                            ELSE CAST(43200000000 AS BIGINT)
                          END
                        )
                      ) < 0
                      THEN 0
                      ELSE CAST(DIV(
                        (
                          m.cut_off__longest - (
                            CASE
                              WHEN m.in_strategic_main
                              THEN CAST(172800000000 AS BIGINT)
                              ELSE CAST(43200000000 AS BIGINT)
                            END
                          )
                        ),
                        86400000000
                      ) AS BIGINT)
                    END
                  ) * 2500
                )
              )
            END
          ) AS number_0
        FROM (
          SELECT
            s.brand,
            s.bucket,
            s.mailbox_id,
            s.plan,
            c_cut_off.cut_off__longest,
            COALESCE(f."drought", FALSE) AS in_drought,
            COALESCE(f."strategic_main", FALSE) AS in_strategic_main,
            COALESCE(f."domestic", TRUE) AS in_domestic
          FROM (
            SELECT
              m.*,
              LEAST(
                GREATEST(
                  COALESCE(CAST(EXTRACT(EPOCH FROM m.in_known_at) * 1000000 AS BIGINT), 1675206000000000),
                  1674428400000000
                ),
                1675206000000000
              ) AS clock_cut_off,
              CAST(0 AS BIGINT) AS cycle_cut_off
            FROM (
              SELECT
                s.*,
                f."known_at" AS in_known_at
              FROM snapshot AS s
              LEFT JOIN facts AS f
                ON f.mailbox_id = s.mailbox_id
            ) AS m
          ) AS s
          INNER JOIN classes_cut_off AS c_cut_off
            ON s.brand = c_cut_off.brand
            AND s.store = c_cut_off.store
            AND s.ways = c_cut_off.ways
            AND CAST(0 AS BIGINT) = c_cut_off.used
            AND LEAST(
              GREATEST(CAST(EXTRACT(EPOCH FROM s.created_at) * 1000000 AS BIGINT), 1674428400000000),
              1675206000000000
            ) = c_cut_off.clip_from
            AND LEAST(
              GREATEST(
                COALESCE(CAST(EXTRACT(EPOCH FROM s.closed_at) * 1000000 AS BIGINT), 1675206000000000),
                1674428400000000
              ),
              1675206000000000
            ) = c_cut_off.clip_to
            AND s.clock_cut_off = c_cut_off.clock
            AND s.cycle_cut_off = c_cut_off.cycle
          LEFT JOIN facts AS f
            ON f.mailbox_id = s.mailbox_id
        ) AS m
      ) AS m
    ) AS m
  ) AS m
) AS m;
