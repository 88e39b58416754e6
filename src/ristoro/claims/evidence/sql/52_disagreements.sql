-- The disagreements of all slices: no mailbox is in two of them.
SELECT
    kind, component, brand, store, sum(facts)::BIGINT AS facts, sum(mailboxes)::BIGINT AS mailboxes,
    min(first) AS first, max(last) AS last, list_sort(flatten(list(samples)))[:5] AS samples
FROM disagreements
GROUP BY kind, component, brand, store
ORDER BY kind, component, brand, store
