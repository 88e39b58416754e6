-- What became of a message, and whose its failure was, from what the last attempts said.
CREATE OR REPLACE TEMP MACRO came_of(fate, deferrals, reason) AS CASE
    WHEN
        fate = 'sent' AND contains(reason, 'queued as ')
        AND regexp_matches(reason, 'queued as [0-9A-Za-z]+')
        THEN 'passed-on'
    WHEN fate = 'sent' AND deferrals > 0 THEN 'late'
    WHEN fate = 'sent' THEN 'delivered'
    WHEN fate = 'deferred' THEN 'waiting'
    WHEN fate IN ('open', 'untold') THEN 'not-shown'
    WHEN fate = 'unfilled' THEN 'never-ours'
    ELSE fate
END;

CREATE OR REPLACE TEMP MACRO code_of(fate, dsn, first_reason) AS CASE
    WHEN fate = 'sent'
        THEN regexp_extract(first_reason, 'said: \d{3}[ -]([245]\.\d{1,3}\.\d{1,3})', 1)
    ELSE coalesce(dsn, '')
END;

CREATE OR REPLACE TEMP MACRO cause_of(fate, deferrals, code, own) AS CASE
    WHEN fate IN ('open', 'untold', 'unfilled') OR (fate = 'sent' AND deferrals = 0) THEN NULL
    WHEN fate IN ('deleted', 'held') THEN 'ours'
    WHEN NOT own THEN 'unclear'
    WHEN code LIKE '_.2.2' THEN 'mailbox-full'
    WHEN code LIKE '_.1._' THEN 'no-such-address'
    WHEN code LIKE '_.6.%' OR code LIKE '_.7.%' OR code IN ('5.2.3', '5.3.4') THEN 'sender'
    WHEN code LIKE '_.3.%' OR code LIKE '_.4.%' OR (fate = 'sent' AND code = '') THEN 'ours'
    ELSE 'unclear'
END;
