-- How the files of database/ were made: nothing is random, so that they come out the same again. Run in this folder with DuckDB:
--   duckdb < generate-data.sql
-- The two large tables are no files: database/contact.sql and database/affinity.sql are queries whose rows fill them.
-- Ids below 100 are written by hand, each for the sake of one bound; the others are many and ordinary. All answers are as of 1 July 2026, 06:00 in Berlin.
SET TimeZone = 'UTC';

-- A number from 0 to sides - 1 that looks thrown and is always the same.
CREATE OR REPLACE MACRO dice(what, id, sides) AS (('0x' || substr(md5(what || ':' || id), 1, 8))::BIGINT % sides);
CREATE OR REPLACE MACRO one_of(list, what, id) AS list[dice(what, id, len(list)) + 1];
CREATE OR REPLACE MACRO iso(instant) AS strftime(instant, '%Y-%m-%dT%H:%M:%SZ');

-- Snowflake: the customer database.
CREATE OR REPLACE TABLE profile AS
SELECT * FROM (VALUES
  (1, 'DE', 'premium', true, DATE '2024-01-10', 100.00), (2, 'DE', 'premium', true, DATE '2024-01-10', 100.00), (3, 'DE', 'premium', NULL, DATE '2024-01-10', 100.00),
  (4, 'FR', 'premium', true, DATE '2024-01-10', 100.00), (5, 'DE', 'premium', true, DATE '2024-01-10', 100.00), (6, 'AT', 'premium', true, DATE '2024-01-10', 100.00),
  (7, NULL, 'premium', true, DATE '2024-01-10', 100.00), (8, 'CH', 'premium', true, DATE '2024-01-10', 100.00),
  (10, 'DE', 'basic', true, DATE '2024-01-10', 50.00), (11, 'DE', 'basic', true, DATE '2024-01-10', 50.00), (12, 'DE', 'basic', true, DATE '2024-01-10', 50.00), (13, 'DE', 'basic', true, DATE '2024-01-10', 50.00),
  (20, 'DE', 'basic', true, DATE '2024-01-10', 50.00), (21, 'DE', 'basic', true, DATE '2024-01-10', 50.00), (22, 'DE', 'basic', true, DATE '2024-01-10', 50.00),
  (30, 'FR', 'basic', true, DATE '2024-01-10', 1000.00), (31, 'FR', 'basic', true, DATE '2024-01-10', 999.99), (32, 'FR', 'basic', true, DATE '2024-01-10', 1500.00), (33, 'FR', 'basic', true, DATE '2024-01-10', 1500.00), (34, 'FR', 'basic', true, DATE '2024-01-10', 1500.00),
  (40, 'FR', 'basic', true, DATE '2024-01-10', 10.00), (41, 'FR', 'basic', true, DATE '2024-01-10', 10.00), (42, 'FR', 'basic', true, DATE '2024-01-10', 10.00), (43, 'FR', 'basic', true, DATE '2024-01-10', 10.00), (44, 'FR', 'basic', true, DATE '2024-01-10', 10.00),
  (50, 'AT', 'basic', true, DATE '2024-01-10', 10.00), (51, 'AT', 'basic', true, DATE '2024-01-10', 10.00), (52, 'AT', 'basic', NULL, DATE '2024-01-10', 10.00), (53, 'FR', 'basic', true, DATE '2024-01-10', 10.00), (54, 'AT', 'basic', true, DATE '2024-01-10', 10.00), (55, 'AT', 'basic', true, DATE '2024-01-10', 10.00)
) AS t(id, country, plan, opted_in, signed_up, lifetime_value)
UNION ALL
SELECT id, one_of(['DE', 'DE', 'FR', 'AT', 'CH', 'NL', NULL], 'country', id), one_of(['basic', 'basic', 'premium'], 'plan', id),
  CASE WHEN dice('opt', id, 10) < 7 THEN true WHEN dice('opt', id, 10) < 9 THEN false END, DATE '2023-01-01' + dice('signed', id, 1200)::INT,
  (dice('value', id, 150000) / 100)::DECIMAL(10,2)
FROM range(100, 5000) AS t(id);

-- BigQuery: what they did on the site.
CREATE OR REPLACE TABLE event AS
SELECT * FROM (VALUES
  -- Carts of the last seven days, which begin on 24 June 00:00 in Berlin, and what was bought after.
  (1, 10, 'cart', '2026-06-23T22:00:00Z'),                                                    -- the first instant: yes
  (2, 11, 'cart', '2026-06-23T21:59:59Z'),                                                    -- a second too early
  (3, 12, 'cart', '2026-06-28T12:00:00Z'), (4, 12, 'purchase', '2026-06-28T12:00:00Z'),       -- bought at the same instant, not after: yes
  (5, 13, 'cart', '2026-06-28T12:00:00Z'), (6, 13, 'purchase', '2026-06-28T12:00:01Z'),       -- bought
  -- The page of cancelling in the last fourteen days, which begin on 17 June 00:00 in Berlin.
  (7, 20, 'cancel', '2026-06-16T22:00:00Z'), (8, 20, 'cancel', '2026-07-01T03:59:59Z'),       -- the first and the last instant: yes
  (9, 21, 'cancel', '2026-06-16T21:59:59Z'), (10, 21, 'cancel', '2026-06-20T12:00:00Z'),      -- one of them too early
  (11, 22, 'cancel', '2026-06-20T12:00:00Z'), (12, 22, 'cancel', '2026-07-01T04:00:00Z'),     -- one of them at the instant of the run
  -- Thirty days without anything.
  (13, 30, 'view', '2026-05-02T00:00:00Z'), (14, 30, 'view', '2026-06-01T00:00:01Z'), (15, 30, 'view', '2026-06-20T00:00:00Z'),   -- and a second more: yes
  (16, 31, 'view', '2026-04-01T00:00:00Z'), (17, 32, 'view', '2026-04-01T00:00:00Z'),
  (18, 33, 'view', '2026-06-05T00:00:00Z'),                                                   -- not thirty days ago yet
  (19, 34, 'view', '2026-05-05T00:00:00Z'), (20, 34, 'view', '2026-06-03T23:59:59Z'), (21, 34, 'view', '2026-06-20T00:00:00Z'),   -- always came back in time
  -- The page of cancelling in the last three days, which begin on 28 June 00:00 in Berlin; whom of them anybody called is in database/contact.sql.
  (22, 40, 'cancel', '2026-06-27T22:00:00Z'),                                                 -- the first instant: yes
  (23, 41, 'cancel', '2026-06-27T21:59:59Z'),                                                 -- a second too early
  (24, 42, 'cancel', '2026-06-30T12:00:00Z'),                                                 -- called, three years ago
  (25, 43, 'cancel', '2026-06-30T12:00:00Z'),                                                 -- written to, and not called: yes
  (26, 44, 'view', '2026-06-30T12:00:00Z')                                                    -- another page
) AS t(id, profile_id, kind, happened_at)
UNION ALL
SELECT 100 + n, 100 + dice('visitor', n, 4900), one_of(['view', 'view', 'view', 'view', 'cart', 'cart', 'purchase', 'cancel'], 'kind', n),
  iso(TIMESTAMP '2026-03-01' + INTERVAL 1 SECOND * dice('happened', n, 10548000))
FROM range(22500) AS t(n)
UNION ALL
-- Some come to the page of cancelling again and again.
SELECT 30000 + n, 100 + 5 * dice('leaver', n, 900), 'cancel', iso(TIMESTAMP '2026-06-05' + INTERVAL 1 SECOND * dice('left', n, 2250000))
FROM range(1500) AS t(n);

-- Databricks: what the models think of them, from 0 to 1.
CREATE OR REPLACE TABLE score AS
SELECT * FROM (VALUES
  (1, 1, 'churn', 0.8000, '2026-06-20T06:00:00Z'),                                                       -- exactly enough: yes
  (2, 2, 'churn', 0.7999, '2026-06-20T06:00:00Z'),
  (3, 3, 'churn', 0.9000, '2026-06-20T06:00:00Z'), (4, 4, 'churn', 0.9000, '2026-06-20T06:00:00Z'),
  (5, 5, 'churn', 0.9900, '2026-06-19T06:00:00Z'), (6, 5, 'churn', 0.1000, '2026-06-20T06:00:00Z'),      -- was high, is not
  (7, 6, 'churn', 0.1000, '2026-06-19T06:00:00Z'), (8, 6, 'churn', 0.9900, '2026-06-20T06:00:00Z'),      -- was low, is high: yes
  (9, 7, 'churn', 0.9000, '2026-06-20T06:00:00Z'), (10, 8, 'churn', 0.9000, '2026-06-20T06:00:00Z'),
  (11, 10, 'buys', 0.7000, '2026-06-20T06:00:00Z'), (12, 11, 'buys', 0.9000, '2026-06-20T06:00:00Z'),
  (13, 12, 'buys', 0.9000, '2026-06-20T06:00:00Z'), (14, 13, 'buys', 0.9000, '2026-06-20T06:00:00Z')
) AS t(id, profile_id, model, score, scored_at)
UNION ALL
SELECT 100 + n, 100 + dice('scored', n, 4900), one_of(['churn', 'churn', 'buys'], 'model', n), (dice('score', n, 10001) / 10000)::DECIMAL(5,4),
  iso(TIMESTAMP '2026-06-01 06:00:00' + INTERVAL 1 DAY * dice('day', n, 30))
FROM range(9000) AS t(n);

-- Fabric: the cases of the service desk.
CREATE OR REPLACE TABLE service_case AS
SELECT * FROM (VALUES
  (1, 8, 'P3', DATE '2026-06-01', NULL),                                                                 -- open: he is not called
  (2, 1, 'P1', DATE '2026-05-01', DATE '2026-05-02'),
  (3, 20, 'P1', DATE '2024-01-10', NULL),                                                                -- on the day of signing up, not after it
  (4, 20, 'P2', DATE '2024-01-11', DATE '2024-02-01'),                                                   -- the day after: yes
  (5, 21, 'P1', DATE '2026-05-01', NULL), (6, 22, 'P1', DATE '2026-05-01', NULL),
  -- The last ninety days begin on 2 April.
  (7, 30, 'P1', DATE '2026-04-02', NULL), (8, 30, 'P2', DATE '2026-06-01', NULL),                        -- the first day: yes
  (9, 31, 'P1', DATE '2026-05-01', NULL), (10, 31, 'P1', DATE '2026-06-01', NULL),
  (11, 32, 'P1', DATE '2026-04-01', NULL), (12, 32, 'P1', DATE '2026-06-01', NULL),                      -- a day too early
  (13, 33, 'P1', DATE '2026-05-01', NULL), (14, 33, 'P1', DATE '2026-06-01', NULL),
  (15, 34, 'P1', DATE '2026-05-01', NULL), (16, 34, 'P1', DATE '2026-06-01', NULL)
) AS t(id, profile_id, priority, opened_on, closed_on)
UNION ALL
SELECT 100 + n, 100 + CASE WHEN n % 3 = 0 THEN 7 * dice('case of', n, 700) ELSE dice('case of', n, 4900) END, one_of(['P1', 'P2', 'P3', 'P3', 'P4'], 'priority', n), DATE '2026-01-01' + dice('opened', n, 181)::INT,
  CASE WHEN dice('closed', n, 3) > 0 THEN DATE '2026-01-01' + (dice('opened', n, 181) + dice('took', n, 20))::INT END
FROM range(6000) AS t(n);

COPY (SELECT id AS ID, country AS COUNTRY, plan AS PLAN, opted_in AS OPTED_IN, signed_up AS SIGNED_UP, lifetime_value AS LIFETIME_VALUE FROM profile ORDER BY id) TO 'database/PROFILE.csv' (FORMAT csv, HEADER true);
COPY (FROM event ORDER BY id) TO 'database/events.csv' (FORMAT csv, HEADER true);
COPY (FROM score ORDER BY id) TO 'database/scores.csv' (FORMAT csv, HEADER true);
COPY (FROM service_case ORDER BY id) TO 'database/service_case.csv' (FORMAT csv, HEADER true);
