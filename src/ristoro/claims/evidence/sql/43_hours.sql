-- What failed and what worked of this slice, by component, brand, store and hour.
INSERT INTO hours
SELECT component, brand, store, hour, sum(faults), sum(goods)
FROM (
    SELECT component, brand, store, at_us // 3600000000 AS hour, count(*) AS faults, 0 AS goods
    FROM faults
    GROUP BY ALL
    UNION ALL
    SELECT component, brand, store, at_us // 3600000000, 0, count(*)
    FROM goods
    GROUP BY ALL
)
GROUP BY component, brand, store, hour
