-- The grants of some buckets, as rows of their table but for their ids, in the order of ids. Only
-- the row groups that hold these buckets are read: both files are sorted by bucket, the outcomes
-- within each remedy.
-- Parameters: outcomes, snapshot, first, last, run_id, kinds, consents, planned, waiting.
WITH owed AS (
  SELECT * FROM read_parquet($outcomes)
  WHERE bucket BETWEEN $first AND $last AND reason = ''
),
boxes AS (
  SELECT mailbox_id, address, brand, locale FROM read_parquet($snapshot)
  WHERE bucket BETWEEN $first AND $last
)
SELECT
  CAST($run_id AS INTEGER) AS run_id,
  mailbox_id,
  CAST(bucket AS SMALLINT) AS bucket,
  address,
  brand,
  locale,
  CAST(remedy_no AS SMALLINT) AS remedy,
  CAST(list_position($kinds, kind) AS SMALLINT) AS kind,
  amount,
  currency,
  base,
  target,
  base_until,
  until,
  CAST(list_position($consents, consent) - 1 AS SMALLINT) AS consent,
  deadline,
  CAST(CASE consent WHEN 'automatic' THEN $planned ELSE $waiting END AS SMALLINT) AS state,
  '' AS result
FROM owed JOIN boxes USING (mailbox_id)
ORDER BY bucket, mailbox_id, remedy_no
