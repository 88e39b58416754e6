-- Where the imports and the declared windows say different things, with the first few of each.
SELECT
    'faults-outside' AS kind, component, brand, store, count(*) AS facts,
    count(DISTINCT mailbox_id) AS mailboxes, min(at_us) AS first, max(at_us) AS last,
    arg_min({'mailbox_id': mailbox_id, 'at': at_us, 'what': what, 'place': place}, at_us, 5)
        AS samples
FROM faults
WHERE NOT declared
GROUP BY component, brand, store
UNION ALL
SELECT
    'good-inside', component, brand, store, count(*), count(DISTINCT mailbox_id),
    min(at_us), max(at_us),
    arg_min({'mailbox_id': mailbox_id, 'at': at_us, 'what': 'good', 'place': place}, at_us, 5)
FROM goods
WHERE declared_down
GROUP BY component, brand, store
ORDER BY kind, component, brand, store
