SELECT
    coalesce(sum(named), 0)::BIGINT, coalesce(sum(mailboxes), 0)::BIGINT,
    coalesce(sum(faults), 0)::BIGINT, coalesce(sum(undeclared), 0)::BIGINT
FROM counted
