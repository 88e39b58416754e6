-- How many mailboxes each class has.
SELECT c.class_no, COUNT(*)
FROM lives AS l
INNER JOIN numbered_classes AS c
    ON l.brand = c.brand
    AND l.store = c.store
    AND l.ways = c.ways
    AND l.used = c.used
    AND l.clip_from = c.clip_from
    AND l.clip_to = c.clip_to
GROUP BY c.class_no
