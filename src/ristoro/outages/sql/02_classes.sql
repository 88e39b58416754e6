-- The classes that occur, in one order for ever.
SELECT DISTINCT brand, store, ways, used, clip_from, clip_to
FROM lives
ORDER BY brand, store, ways, used, clip_from, clip_to
