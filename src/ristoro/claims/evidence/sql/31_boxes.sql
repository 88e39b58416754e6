-- The estate in the order of addresses: whose each address was, and from when to when.
SELECT
    lower(address) AS mailbox, mailbox_id, bucket, brand, store,
    epoch_us(created_at) AS created_us, coalesce(epoch_us(closed_at), 9223372036854775807) AS closed_us
FROM read_parquet($snapshot)
ORDER BY mailbox
