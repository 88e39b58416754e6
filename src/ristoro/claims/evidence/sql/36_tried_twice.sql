CREATE OR REPLACE TEMP TABLE lines_twice AS
SELECT line_of FROM tried GROUP BY line_of HAVING count(*) > 1
