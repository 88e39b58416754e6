-- What is told more than once: parts of one message's life, and lines that two imports both have.
CREATE OR REPLACE TEMP TABLE lives_twice AS
SELECT life FROM told GROUP BY life HAVING count(*) > 1
