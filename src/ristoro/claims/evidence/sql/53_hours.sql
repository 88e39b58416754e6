-- What failed and what worked, by component, brand, store and hour.
SELECT component, brand, store, hour, sum(faults)::BIGINT AS faults, sum(goods)::BIGINT AS goods
FROM hours
GROUP BY component, brand, store, hour
ORDER BY component, brand, store, hour
