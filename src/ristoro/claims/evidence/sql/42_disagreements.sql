-- Where the imports and the declared windows say different things of this slice, with the first
-- few of each.
INSERT INTO disagreements
SELECT
    'faults-outside', component, brand, store, count(*), count(DISTINCT mailbox_id),
    min(at_us), max(at_us),
    min({
        'at': at_us, 'mailbox_id': mailbox_id, 'what': what, 'file': file, 'line': line,
        'filename': filename
    }, 5)
FROM faults
WHERE NOT declared
GROUP BY component, brand, store
UNION ALL
SELECT
    'good-inside', component, brand, store, count(*), count(DISTINCT mailbox_id),
    min(at_us), max(at_us),
    min({
        'at': at_us, 'mailbox_id': mailbox_id, 'what': 'good', 'file': file, 'line': line,
        'filename': filename
    }, 5)
FROM goods
WHERE declared_down
GROUP BY component, brand, store
