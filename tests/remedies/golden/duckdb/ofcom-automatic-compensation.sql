-- delayed-repair
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
                CASE
                  WHEN m.in_repair_day_counts
                  THEN m.lost__days_touched
                  ELSE m.lost__whole_days
                END
              ) IS NULL
            )
          )
          THEN (
            (
              CASE
                WHEN m.in_repair_day_counts
                THEN m.lost__days_touched
                ELSE m.lost__whole_days
              END
            ) * 800
          )
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN (
            (
              CASE
                WHEN m.in_repair_day_counts
                THEN m.lost__days_touched
                ELSE m.lost__whole_days
              END
            ) > 0
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
          c_lost.lost__days_touched,
          c_lost.lost__whole_days,
          COALESCE(f."repair_day_counts", TRUE) AS in_repair_day_counts
        FROM (
          SELECT
            m.*,
            LEAST(
              GREATEST(
                COALESCE(
                  CAST(m.lifted_0 + CAST(CAST(1 AS BIGINT) AS INT) AS DATE),
                  CAST('2023-02-01' AS DATE)
                ),
                CAST('2023-01-22' AS DATE)
              ),
              CAST('2023-02-01' AS DATE)
            ) AS clock_lost,
            CAST(0 AS BIGINT) AS cycle_lost
          FROM (
            SELECT
              m.*,
              d0_to.day AS lifted_0
            FROM (
              SELECT
                s.*,
                f."reported_on" AS in_reported_on
              FROM snapshot AS s
              LEFT JOIN facts AS f
                ON f.mailbox_id = s.mailbox_id
            ) AS m
            LEFT JOIN days AS d0
              ON d0.day = m.in_reported_on
            LEFT JOIN days AS d0_to
              ON d0_to.number = d0.upto + 2
          ) AS m
        ) AS s
        INNER JOIN classes_lost AS c_lost
          ON s.brand = c_lost.brand
          AND s.store = c_lost.store
          AND s.ways = c_lost.ways
          AND CAST(0 AS BIGINT) = c_lost.used
          AND LEAST(GREATEST(EPOCH_US(s.created_at), 1674428400000000), 1675206000000000) = c_lost.clip_from
          AND LEAST(
            GREATEST(COALESCE(EPOCH_US(s.closed_at), 1675206000000000), 1674428400000000),
            1675206000000000
          ) = c_lost.clip_to
          AND s.clock_lost = c_lost.clock
          AND s.cycle_lost = c_lost.cycle
        LEFT JOIN facts AS f
          ON f.mailbox_id = s.mailbox_id
      ) AS m
    ) AS m
  ) AS m
) AS m;

-- missed-appointment
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
    CAST(CASE WHEN rule IN (0, 1) AND amount IS NULL THEN 3 WHEN amount = 0 THEN 2 ELSE 0 END AS BIGINT) AS ending
  FROM (
    SELECT
      *,
      CAST(CASE rule WHEN 0 THEN CAST(2500 AS BIGINT) WHEN 1 THEN CAST(2500 AS BIGINT) END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN m.in_appointment_missed
          THEN 0
          WHEN (
            m.in_cancelled_before < 86400000000
          )
          THEN 1
          ELSE 2
        END AS BIGINT) AS rule
      FROM (
        SELECT
          s.brand,
          s.bucket,
          s.mailbox_id,
          s.plan,
          COALESCE(f."appointment_missed", FALSE) AS in_appointment_missed,
          f."cancelled_before" AS in_cancelled_before
        FROM snapshot AS s
        LEFT JOIN facts AS f
          ON f.mailbox_id = s.mailbox_id
      ) AS m
    ) AS m
  ) AS m
) AS m;

-- delayed-start
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
              DATE_DIFF('DAY', m.in_promised_on, m.in_started_on) IS NULL
            )
          )
          THEN GREATEST((
            DATE_DIFF('DAY', m.in_promised_on, m.in_started_on) * 500
          ), 0)
        END
      END AS BIGINT) AS amount
    FROM (
      SELECT
        *,
        CAST(CASE
          WHEN (
            DATE_DIFF('DAY', m.in_promised_on, m.in_started_on) > 0
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
          f."promised_on" AS in_promised_on,
          f."started_on" AS in_started_on
        FROM snapshot AS s
        LEFT JOIN facts AS f
          ON f.mailbox_id = s.mailbox_id
      ) AS m
    ) AS m
  ) AS m
) AS m;
