-- One notice for each mailbox of these buckets that is owed anything, in order of id; its kind is
-- that of the letter which speaks of all its grants, or the letter for several.
-- Parameters: shift, run_base, planned, and the numbers of kinds of grants, consents and letters.
CREATE OR REPLACE TEMP TABLE notices AS
WITH boxes AS (
  SELECT
    mailbox_id,
    any_value(run_id) AS run_id,
    any_value(bucket) AS bucket,
    any_value(address) AS address,
    any_value(brand) AS brand,
    any_value(locale) AS locale,
    bool_and(consent = $automatic) AS given,
    bool_and(consent = $confirm) AS asked,
    bool_and(consent = $claim) AS claimed,
    bool_and(kind = $storage) AS of_storage,
    bool_and(list_contains($times, kind)) AS of_time,
    bool_and(list_contains($moneys, kind)) AS of_money
  FROM grants
  GROUP BY mailbox_id
)
SELECT
  (CAST(bucket AS BIGINT) << $shift) + CAST($run_base AS BIGINT)
    + row_number() OVER (PARTITION BY bucket ORDER BY mailbox_id) - 1 AS id,
  run_id,
  mailbox_id,
  bucket,
  address,
  brand,
  locale,
  CAST(
    CASE
      WHEN of_storage AND given THEN $storage_done
      WHEN of_time AND asked THEN $extension_confirm
      WHEN of_time AND given THEN $extension_done
      WHEN of_money AND given THEN $money_done
      WHEN claimed THEN $claim_open
      ELSE $several
    END AS SMALLINT
  ) AS kind,
  CAST($planned AS SMALLINT) AS state,
  '' AS result,
  '' AS body_hash
FROM boxes
ORDER BY id
