-- Every slice's mailboxes, in the order of a snapshot.
SELECT * FROM read_parquet($slices) ORDER BY bucket, mailbox_id
