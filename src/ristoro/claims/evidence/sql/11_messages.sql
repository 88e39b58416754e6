-- What became of each message for one mailbox. An import that ends while a message waits, and one
-- that begins after it came, tell parts of one life: the parts are put together, and what was read
-- twice counts once. Instants are microseconds.
WITH told AS (
    SELECT
        * EXCLUDE (arrived_at, first_deferred_at, ended_at, filename),
        epoch_us(arrived_at) AS arrived_at,
        epoch_us(first_deferred_at) AS first_deferred_at,
        epoch_us(ended_at) AS ended_at,
        filename,
        fate IN ('sent', 'bounced', 'expired', 'deleted') AS final
    FROM read_parquet($histories, filename = true)
    WHERE mailbox = $mailbox
),

placed AS (
    SELECT
        *,
        last_value(CASE WHEN arrived_at IS NOT NULL THEN arrived_at END IGNORE NULLS) OVER (
            PARTITION BY host, queue_id, recipient
            ORDER BY coalesce(arrived_at, first_deferred_at, ended_at), arrived_at NULLS LAST
            ROWS UNBOUNDED PRECEDING
        ) AS came_at
    FROM told
),

lives AS (
    SELECT
        *,
        -- The queue keeps a message five days; an older one of the same id is another.
        CASE
            WHEN arrived_at IS NOT NULL THEN arrived_at
            WHEN coalesce(ended_at, first_deferred_at) - came_at < 864000000000 THEN came_at
        END AS life
    FROM placed
),

whole AS (
    SELECT
        host,
        queue_id,
        recipient,
        life AS arrived_at,
        max(message_id) AS message_id,
        max(sender) AS sender,
        max(original_recipient) AS original_recipient,
        max(size) AS size,
        coalesce(max(deferrals) FILTER (arrived_at IS NOT NULL), 0)
        + coalesce(max(deferrals) FILTER (arrived_at IS NULL), 0) AS deferrals,
        min(first_deferred_at) AS first_deferred_at,
        arg_min(first_reason, first_deferred_at) AS first_reason,
        arg_max(
            {
                'fate': fate, 'ended_at': ended_at, 'dsn': dsn, 'relay': relay, 'reason': reason,
                'session': session, 'line': last_line, 'file': last_file, 'filename': filename
            },
            (final, coalesce(ended_at, 0), filename)
        ) AS last,
        arg_min(
            {'line': first_line, 'file': file, 'filename': filename},
            (arrived_at IS NULL, filename)
        ) AS first
    FROM lives
    GROUP BY host, queue_id, recipient, life
),

named AS (
    SELECT
        *,
        last.fate AS fate,
        last.ended_at AS ended_at,
        CASE
            WHEN last.fate = 'sent'
                THEN regexp_extract(first_reason, 'said: \d{3}[ -]([245]\.\d{1,3}\.\d{1,3})', 1)
            ELSE coalesce(last.dsn, '')
        END AS code
    FROM whole
)

SELECT
    host,
    queue_id,
    arrived_at,
    CASE
        WHEN fate = 'sent' AND regexp_matches(last.reason, 'queued as [0-9A-Za-z]+') THEN 'passed-on'
        WHEN fate = 'sent' AND deferrals > 0 THEN 'late'
        WHEN fate = 'sent' THEN 'delivered'
        WHEN fate = 'deferred' THEN 'waiting'
        WHEN fate = 'open' THEN 'not-shown'
        WHEN fate = 'unfilled' THEN 'never-ours'
        ELSE fate
    END AS came,
    fate,
    CASE
        WHEN fate IN ('open', 'unfilled') OR (fate = 'sent' AND deferrals = 0) THEN NULL
        WHEN fate IN ('deleted', 'held') THEN 'ours'
        WHEN lower(recipient) <> $mailbox THEN 'unclear'
        WHEN code LIKE '_.2.2' THEN 'mailbox-full'
        WHEN code LIKE '_.1._' THEN 'no-such-address'
        WHEN code LIKE '_.6.%' OR code LIKE '_.7.%' OR code IN ('5.2.3', '5.3.4') THEN 'sender'
        WHEN code LIKE '_.3.%' OR code LIKE '_.4.%' OR (fate = 'sent' AND code = '') THEN 'ours'
        ELSE 'unclear'
    END AS cause,
    ended_at - arrived_at AS waited_us,
    deferrals,
    first_deferred_at,
    ended_at,
    message_id,
    sender,
    recipient,
    original_recipient,
    size,
    last.dsn,
    last.relay,
    last.reason,
    first_reason,
    last.session,
    first,
    {'line': last.line, 'file': last.file, 'filename': last.filename} AS last
FROM named
WHERE
    coalesce(arrived_at, first_deferred_at, ended_at) < $until
    AND (fate IN ('deferred', 'open', 'held') OR coalesce(ended_at, arrived_at) >= $since)
