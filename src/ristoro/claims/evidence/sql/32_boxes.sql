-- The mailboxes of one slice of the addresses.
CREATE OR REPLACE TEMP TABLE boxes AS
SELECT * FROM read_parquet($boxes) WHERE mailbox >= $low AND mailbox < $high
