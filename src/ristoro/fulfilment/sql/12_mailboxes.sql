-- How many mailboxes of some buckets were looked at, and how many of them are owed something.
SELECT COUNT(*) AS covered, COUNT(*) FILTER (WHERE owed) AS owed
FROM (
    SELECT mailbox_id, BOOL_OR(reason = '') AS owed
    FROM outcomes
    WHERE bucket >= CAST($1 AS SMALLINT) AND bucket < CAST($2 AS SMALLINT)
    GROUP BY mailbox_id
)
