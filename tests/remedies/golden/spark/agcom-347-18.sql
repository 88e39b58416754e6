-- on-next-bill
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
      WHEN 2
      THEN CAST(COALESCE(m.in_known_on, CAST('2023-01-23' AS DATE)) + INTERVAL '3' MONTH AS DATE)
    END
  END AS DATE) AS deadline
FROM (
  SELECT
    *,
    CAST(CASE WHEN rule IN (2) AND amount IS NULL THEN 3 WHEN amount = 0 THEN 2 ELSE 0 END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 2
        THEN CASE
          WHEN NOT (
            (
              LEAST(m.number_0, m.in_next_bill) IS NULL
            )
            OR (
              CAST(COALESCE(m.in_known_on, CAST('2023-01-23' AS DATE)) + INTERVAL '3' MONTH AS DATE) IS NULL
            )
          )
          THEN GREATEST(LEAST(m.number_0, m.in_next_bill), 0)
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN (
            m.standing = 'abuse'
          )
          THEN 0
          WHEN (
            m.in_reported_on > CAST(COALESCE(m.in_known_on, CAST('2023-01-23' AS DATE)) + INTERVAL '3' MONTH AS DATE)
          )
          THEN 1
          WHEN (
            m.number_0 > 0
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
                COALESCE(
                  m.in_service,
                  (
                    CASE WHEN (
                      m.then__price = 0
                    ) THEN 'free' ELSE 'main' END
                  )
                ) = 'main'
              )
              THEN (
                (
                  (
                    (
                      CASE WHEN m.down__total < 0 THEN 0 ELSE m.down__total DIV 86400000000 END
                    ) * 600
                  ) + (
                    GREATEST(
                      CAST(0 AS BIGINT),
                      (
                        (
                          CASE WHEN m.poor__total < 0 THEN 0 ELSE m.poor__total DIV 86400000000 END
                        ) - (
                          CASE WHEN m.down__total < 0 THEN 0 ELSE m.down__total DIV 86400000000 END
                        )
                      )
                    ) * 300
                  )
                ) * m.in_services
              )
              ELSE (
                CASE
                  WHEN (
                    COALESCE(
                      m.in_service,
                      (
                        CASE WHEN (
                          m.then__price = 0
                        ) THEN 'free' ELSE 'main' END
                      )
                    ) = 'accessory'
                  )
                  THEN (
                    LEAST(
                      (
                        (
                          CASE WHEN m.poor__total < 0 THEN 0 ELSE m.poor__total DIV 86400000000 END
                        ) * 250
                      ),
                      CAST(30000 AS BIGINT)
                    ) * m.in_services
                  )
                  ELSE (
                    LEAST(
                      (
                        (
                          CASE WHEN m.poor__total < 0 THEN 0 ELSE m.poor__total DIV 86400000000 END
                        ) * 100
                      ),
                      CAST(10000 AS BIGINT)
                    ) * m.in_services
                  )
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
              WHEN s.currency = 'EUR'
              THEN CASE
                WHEN s.plan_since <= CAST('2023-01-22 23:00:00' AS TIMESTAMP_NTZ)
                THEN s.price_minor
                WHEN s.created_at <= CAST('2023-01-22 23:00:00' AS TIMESTAMP_NTZ)
                THEN s.before_price_minor
              END
            END AS then__price,
            c.down__total,
            c.poor__total,
            f.`reported_on` AS in_reported_on,
            f.`known_on` AS in_known_on,
            f.`service` AS in_service,
            COALESCE(f.`services`, 1) AS in_services,
            f.`next_bill` AS in_next_bill
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
) AS m;

-- by-transfer
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
      WHEN 2
      THEN CAST(COALESCE(m.in_known_on, CAST('2023-01-23' AS DATE)) + INTERVAL '3' MONTH AS DATE)
    END
  END AS DATE) AS deadline
FROM (
  SELECT
    *,
    CAST(CASE WHEN rule IN (2) AND amount IS NULL THEN 3 WHEN amount = 0 THEN 2 ELSE 0 END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 2
        THEN CASE
          WHEN NOT (
            (
              GREATEST(CAST(0 AS BIGINT), (
                m.number_0 - LEAST(m.number_0, m.in_next_bill)
              )) IS NULL
            )
            OR (
              CAST(COALESCE(m.in_known_on, CAST('2023-01-23' AS DATE)) + INTERVAL '3' MONTH AS DATE) IS NULL
            )
          )
          THEN GREATEST(
            GREATEST(CAST(0 AS BIGINT), (
              m.number_0 - LEAST(m.number_0, m.in_next_bill)
            )),
            0
          )
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN (
            m.standing = 'abuse'
          )
          THEN 0
          WHEN (
            m.in_reported_on > CAST(COALESCE(m.in_known_on, CAST('2023-01-23' AS DATE)) + INTERVAL '3' MONTH AS DATE)
          )
          THEN 1
          WHEN (
            GREATEST(CAST(0 AS BIGINT), (
              m.number_0 - LEAST(m.number_0, m.in_next_bill)
            )) > 10000
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
                COALESCE(
                  m.in_service,
                  (
                    CASE WHEN (
                      m.then__price = 0
                    ) THEN 'free' ELSE 'main' END
                  )
                ) = 'main'
              )
              THEN (
                (
                  (
                    (
                      CASE WHEN m.down__total < 0 THEN 0 ELSE m.down__total DIV 86400000000 END
                    ) * 600
                  ) + (
                    GREATEST(
                      CAST(0 AS BIGINT),
                      (
                        (
                          CASE WHEN m.poor__total < 0 THEN 0 ELSE m.poor__total DIV 86400000000 END
                        ) - (
                          CASE WHEN m.down__total < 0 THEN 0 ELSE m.down__total DIV 86400000000 END
                        )
                      )
                    ) * 300
                  )
                ) * m.in_services
              )
              ELSE (
                CASE
                  WHEN (
                    COALESCE(
                      m.in_service,
                      (
                        CASE WHEN (
                          m.then__price = 0
                        ) THEN 'free' ELSE 'main' END
                      )
                    ) = 'accessory'
                  )
                  THEN (
                    LEAST(
                      (
                        (
                          CASE WHEN m.poor__total < 0 THEN 0 ELSE m.poor__total DIV 86400000000 END
                        ) * 250
                      ),
                      CAST(30000 AS BIGINT)
                    ) * m.in_services
                  )
                  ELSE (
                    LEAST(
                      (
                        (
                          CASE WHEN m.poor__total < 0 THEN 0 ELSE m.poor__total DIV 86400000000 END
                        ) * 100
                      ),
                      CAST(10000 AS BIGINT)
                    ) * m.in_services
                  )
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
              WHEN s.currency = 'EUR'
              THEN CASE
                WHEN s.plan_since <= CAST('2023-01-22 23:00:00' AS TIMESTAMP_NTZ)
                THEN s.price_minor
                WHEN s.created_at <= CAST('2023-01-22 23:00:00' AS TIMESTAMP_NTZ)
                THEN s.before_price_minor
              END
            END AS then__price,
            c.down__total,
            c.poor__total,
            f.`reported_on` AS in_reported_on,
            f.`known_on` AS in_known_on,
            f.`service` AS in_service,
            COALESCE(f.`services`, 1) AS in_services,
            f.`next_bill` AS in_next_bill
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
) AS m;

-- on-later-bills
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
      WHEN 2
      THEN CAST(COALESCE(m.in_known_on, CAST('2023-01-23' AS DATE)) + INTERVAL '3' MONTH AS DATE)
    END
  END AS DATE) AS deadline
FROM (
  SELECT
    *,
    CAST(CASE WHEN rule IN (2) AND amount IS NULL THEN 3 WHEN amount = 0 THEN 2 ELSE 0 END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule
        WHEN 2
        THEN CASE
          WHEN NOT (
            (
              GREATEST(CAST(0 AS BIGINT), (
                m.number_0 - LEAST(m.number_0, m.in_next_bill)
              )) IS NULL
            )
            OR (
              CAST(COALESCE(m.in_known_on, CAST('2023-01-23' AS DATE)) + INTERVAL '3' MONTH AS DATE) IS NULL
            )
          )
          THEN GREATEST(
            GREATEST(CAST(0 AS BIGINT), (
              m.number_0 - LEAST(m.number_0, m.in_next_bill)
            )),
            0
          )
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN (
            m.standing = 'abuse'
          )
          THEN 0
          WHEN (
            m.in_reported_on > CAST(COALESCE(m.in_known_on, CAST('2023-01-23' AS DATE)) + INTERVAL '3' MONTH AS DATE)
          )
          THEN 1
          WHEN (
            (
              GREATEST(CAST(0 AS BIGINT), (
                m.number_0 - LEAST(m.number_0, m.in_next_bill)
              )) > 0
            )
            AND (
              GREATEST(CAST(0 AS BIGINT), (
                m.number_0 - LEAST(m.number_0, m.in_next_bill)
              )) <= 10000
            )
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
                COALESCE(
                  m.in_service,
                  (
                    CASE WHEN (
                      m.then__price = 0
                    ) THEN 'free' ELSE 'main' END
                  )
                ) = 'main'
              )
              THEN (
                (
                  (
                    (
                      CASE WHEN m.down__total < 0 THEN 0 ELSE m.down__total DIV 86400000000 END
                    ) * 600
                  ) + (
                    GREATEST(
                      CAST(0 AS BIGINT),
                      (
                        (
                          CASE WHEN m.poor__total < 0 THEN 0 ELSE m.poor__total DIV 86400000000 END
                        ) - (
                          CASE WHEN m.down__total < 0 THEN 0 ELSE m.down__total DIV 86400000000 END
                        )
                      )
                    ) * 300
                  )
                ) * m.in_services
              )
              ELSE (
                CASE
                  WHEN (
                    COALESCE(
                      m.in_service,
                      (
                        CASE WHEN (
                          m.then__price = 0
                        ) THEN 'free' ELSE 'main' END
                      )
                    ) = 'accessory'
                  )
                  THEN (
                    LEAST(
                      (
                        (
                          CASE WHEN m.poor__total < 0 THEN 0 ELSE m.poor__total DIV 86400000000 END
                        ) * 250
                      ),
                      CAST(30000 AS BIGINT)
                    ) * m.in_services
                  )
                  ELSE (
                    LEAST(
                      (
                        (
                          CASE WHEN m.poor__total < 0 THEN 0 ELSE m.poor__total DIV 86400000000 END
                        ) * 100
                      ),
                      CAST(10000 AS BIGINT)
                    ) * m.in_services
                  )
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
              WHEN s.currency = 'EUR'
              THEN CASE
                WHEN s.plan_since <= CAST('2023-01-22 23:00:00' AS TIMESTAMP_NTZ)
                THEN s.price_minor
                WHEN s.created_at <= CAST('2023-01-22 23:00:00' AS TIMESTAMP_NTZ)
                THEN s.before_price_minor
              END
            END AS then__price,
            c.down__total,
            c.poor__total,
            f.`reported_on` AS in_reported_on,
            f.`known_on` AS in_known_on,
            f.`service` AS in_service,
            COALESCE(f.`services`, 1) AS in_services,
            f.`next_bill` AS in_next_bill
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
) AS m;

-- late-answer
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
      WHEN 0
      THEN CAST(COALESCE(m.in_known_on, CAST('2023-01-23' AS DATE)) + INTERVAL '3' MONTH AS DATE)
    END
  END AS DATE) AS deadline
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
              m.in_answer_late IS NULL
            )
            OR (
              CAST(COALESCE(m.in_known_on, CAST('2023-01-23' AS DATE)) + INTERVAL '3' MONTH AS DATE) IS NULL
            )
          )
          THEN LEAST((
            m.in_answer_late * 250
          ), CAST(30000 AS BIGINT))
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN (
            (
              m.in_answer_late > 0
            ) AND (
              m.in_complaints >= 1
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
          f.`answer_late` AS in_answer_late,
          COALESCE(f.`complaints`, 1) AS in_complaints,
          f.`known_on` AS in_known_on
        FROM snapshot AS s
        LEFT JOIN facts AS f
          ON f.mailbox_id = s.mailbox_id
      ) AS m
    ) AS m
  ) AS m
) AS m;
