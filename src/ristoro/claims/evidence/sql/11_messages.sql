-- What became of each message for its mailbox, of the rows of ``asked``. An import that ends while a
-- message waits, and one that begins after it came, tell parts of one life: the parts are put
-- together, and what was read twice counts once. Instants are microseconds.
WITH told AS (
    SELECT
        * EXCLUDE (arrived_at, first_deferred_at, ended_at),
        epoch_us(arrived_at) AS arrived_at,
        epoch_us(first_deferred_at) AS first_deferred_at,
        epoch_us(ended_at) AS ended_at,
        fate IN ('sent', 'bounced', 'expired', 'deleted') AS final
    FROM asked
),

placed AS (
    SELECT
        *,
        last_value(CASE WHEN arrived_at IS NOT NULL THEN arrived_at END IGNORE NULLS) OVER (
            PARTITION BY mailbox, host, queue_id, recipient
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
        mailbox,
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
    GROUP BY mailbox, host, queue_id, recipient, life
),

named AS (
    SELECT
        *,
        last.fate AS fate,
        last.ended_at AS ended_at,
        code_of(last.fate, last.dsn, first_reason) AS code
    FROM whole
)

SELECT
    mailbox,
    host,
    queue_id,
    arrived_at,
    came_of(fate, deferrals, last.reason) AS came,
    fate,
    cause_of(fate, deferrals, code, lower(recipient) = mailbox) AS cause,
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
