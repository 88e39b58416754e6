-- What was decided, by remedy: what is owed (reason is empty), and why nothing is.
SELECT
    remedy_no,
    remedy,
    CASE WHEN reason = '' THEN kind ELSE '' END AS kind,
    CASE WHEN reason = '' THEN currency ELSE '' END AS currency,
    reason,
    COUNT(*) AS outcomes,
    SUM(amount) AS amount
FROM outcomes
GROUP BY ALL
ORDER BY ALL
