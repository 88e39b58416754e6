-- What was found of this slice, and how many of its mailboxes any line names.
INSERT INTO counted
SELECT
    (SELECT count(DISTINCT mailbox_id) FROM (SELECT mailbox_id FROM told UNION ALL SELECT mailbox_id FROM tried)),
    (SELECT count(DISTINCT mailbox_id) FROM faults),
    (SELECT count(*) FROM faults),
    (SELECT count(*) FROM faults WHERE NOT declared)
