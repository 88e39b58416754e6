-- What failed and what worked, by component, brand, store and hour.
SELECT component, brand, store, hour, sum(fault)::BIGINT AS faults, sum(good)::BIGINT AS goods
FROM (
    SELECT component, brand, store, at_us // 3600000000 AS hour, 1 AS fault, 0 AS good FROM faults
    UNION ALL
    SELECT component, brand, store, at_us // 3600000000, 0, 1 FROM goods
)
GROUP BY component, brand, store, hour
ORDER BY component, brand, store, hour
