-- Each mailbox of some buckets with the number of its class, in the snapshot's order (which a join
-- does not promise to keep). The buckets are a range, so that what is sorted stays small.
SELECT l.mailbox_id, l.bucket, c.class_no
FROM lives AS l
INNER JOIN numbered_classes AS c
    ON l.brand = c.brand
    AND l.store = c.store
    AND l.ways = c.ways
    AND l.used = c.used
    AND l.clip_from = c.clip_from
    AND l.clip_to = c.clip_to
WHERE l.bucket >= CAST($1 AS SMALLINT) AND l.bucket < CAST($2 AS SMALLINT)
ORDER BY l.bucket, l.mailbox_id
