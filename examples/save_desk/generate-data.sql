-- How the files of data/ and database/ were made: nothing is random, so that they come out the same again. Run in this folder with DuckDB:
--   duckdb < generate-data.sql
-- Ids below 100 are written by hand, each for the sake of one bound of the segment; the others are many and ordinary.
SET TimeZone = 'UTC';

-- A number from 0 to sides - 1 that looks thrown and is always the same.
CREATE OR REPLACE MACRO dice(what, id, sides) AS (('0x' || substr(md5(what || ':' || id), 1, 8))::BIGINT % sides);
CREATE OR REPLACE MACRO one_of(list, what, id) AS list[dice(what, id, len(list)) + 1];
CREATE OR REPLACE MACRO iso(instant) AS strftime(instant, '%Y-%m-%dT%H:%M:%SZ');

-- Everybody by hand has a score that is high enough (1 to 9: that is what they are about) and an urgent case after the renewal (10 to 19: not they).
CREATE OR REPLACE TABLE customer AS
SELECT * FROM (VALUES
  (1, 'active', DATE '2026-05-01'), (2, 'active', DATE '2026-05-01'), (3, 'active', DATE '2026-05-01'), (4, 'active', DATE '2026-05-01'),
  (5, 'active', DATE '2026-05-01'), (6, 'active', DATE '2026-05-01'), (7, 'closed', DATE '2026-05-01'), (8, NULL, DATE '2026-05-01'),
  (10, 'active', NULL), (11, 'active', NULL), (12, 'active', NULL), (13, 'active', NULL), (14, 'active', NULL),
  (20, 'active', DATE '2026-05-01'), (21, 'active', DATE '2026-05-01'), (22, 'active', NULL), (23, 'active', DATE '2026-05-01'), (24, 'active', DATE '2026-05-01'),
  (30, 'active', DATE '2026-05-01'), (31, 'active', DATE '2026-05-01'), (32, 'active', DATE '2026-05-01')
) AS t(id, status, renewal_date)
UNION ALL
SELECT id, one_of(['active', 'active', 'active', 'closed', NULL], 'status', id), CASE WHEN dice('renews', id, 10) > 0 THEN DATE '2025-10-01' + dice('renewal', id, 300)::INT END
FROM range(100, 500) AS t(id);

CREATE OR REPLACE TABLE cases AS
SELECT * FROM (VALUES
  (1, 1, 'P1', DATE '2026-06-01', NULL), (2, 2, 'P1', DATE '2026-06-01', NULL), (3, 3, 'P1', DATE '2026-06-01', NULL), (4, 4, 'P1', DATE '2026-06-01', NULL),
  (5, 5, 'P1', DATE '2026-06-01', NULL), (6, 6, 'P1', DATE '2026-06-01', NULL), (7, 7, 'P1', DATE '2026-06-01', NULL), (8, 8, 'P1', DATE '2026-06-01', NULL),
  (20, 20, 'P2', DATE '2026-05-01', NULL),                     -- on the day of the renewal, not after it
  (21, 21, 'P2', DATE '2026-05-02', NULL),                     -- the day after: yes
  (22, 22, 'P2', DATE '2026-05-02', NULL),                     -- no renewal, so not after it
  (23, 23, 'P3', DATE '2026-06-02', NULL),                     -- not urgent
  (24, 24, 'P2', NULL, NULL),                                  -- no day
  (30, 30, 'P1', DATE '2026-06-01', 'do_not_contact'),
  (31, 31, 'P1', DATE '2026-06-01', 'solved'), (32, 31, 'P3', DATE '2025-01-01', 'do_not_contact'),  -- asked for it once, in another matter
  (33, 32, 'P1', DATE '2026-06-01', 'solved')                  -- is being saved already
) AS t(id, customer_id, priority, opened_on, disposition)
UNION ALL
SELECT 1000 + n, 100 + dice('case of', n, 400), one_of(['P1', 'P2', 'P3', 'P4'], 'priority', n), DATE '2025-11-01' + dice('opened', n, 240)::INT,
  CASE WHEN dice('disposition', n, 12) = 0 THEN 'do_not_contact' WHEN dice('disposition', n, 12) < 7 THEN 'solved' END
FROM range(500) AS t(n);

CREATE OR REPLACE TABLE score AS
SELECT * FROM (VALUES
  (1, 1, 'churn_v4', 0.7000, '2026-06-20T06:00:00Z'),                                                          -- exactly enough: yes
  (2, 2, 'churn_v4', 0.6999, '2026-06-20T06:00:00Z'),
  (3, 3, 'churn_v4', 0.9900, '2026-06-19T06:00:00Z'), (4, 3, 'churn_v4', 0.1000, '2026-06-20T06:00:00Z'),      -- was high, is not
  (5, 4, 'churn_v4', 0.1000, '2026-06-20T06:00:00Z'), (6, 4, 'churn_v4', 0.9900, '2026-06-20T06:00:00Z'),      -- two at one instant: the greater id, yes
  (7, 5, 'churn_v4', 0.9900, '2026-06-20T06:00:00Z'), (8, 5, 'churn_v4', 0.1000, NULL), (9, 5, 'churn_v3', 0.1000, '2026-06-30T06:00:00Z'),  -- yes
  (10, 6, 'churn_v3', 0.9900, '2026-06-20T06:00:00Z'),                                                         -- of another model
  (11, 7, 'churn_v4', 0.9900, '2026-06-20T06:00:00Z'), (12, 8, 'churn_v4', 0.9900, '2026-06-20T06:00:00Z')
) AS t(id, customer_id, model, score, scored_at)
UNION ALL
SELECT 20 + n, c.id, 'churn_v4', 0.95, '2026-06-20T06:00:00Z' FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM customer WHERE id BETWEEN 10 AND 99) AS c
UNION ALL
SELECT 1000 + n, 100 + dice('scored', n, 400), CASE WHEN dice('model', n, 8) = 0 THEN 'churn_v3' ELSE 'churn_v4' END, (dice('score', n, 10001) / 10000)::DECIMAL(5,4),
  iso(TIMESTAMP '2026-06-01 06:00:00' + INTERVAL 1 DAY * dice('day', n, 30))
FROM range(650) AS t(n);

-- The fourteen days begin on 17 June 00:00 in New York, which is 04:00 UTC.
CREATE OR REPLACE TABLE web_event AS
SELECT * FROM (VALUES
  (10, '/cancel', '2026-06-17T04:00:00Z'), (10, '/cancel/why', '2026-07-01T09:59:59Z'),    -- the first and the last instant: yes
  (11, '/cancel', '2026-06-17T03:59:59Z'), (11, '/cancel', '2026-06-20T12:00:00Z'),        -- one of them a second too early
  (12, '/cancel', '2026-06-20T12:00:00Z'), (12, '/cancel', '2026-07-01T10:00:00Z'),        -- one of them at the instant of the run
  (13, '/cancel', '2026-06-20T12:00:00Z'), (13, '/cancel', '2026-06-20T12:00:00Z'),        -- the same twice is two: yes
  (14, '/cancel', '2026-06-20T12:00:00Z'), (14, '/Cancel', '2026-06-20T12:01:00Z'), (14, '/help/cancel', '2026-06-20T12:02:00Z')
) AS t(customer_id, page, ts)
UNION ALL
SELECT 100 + dice('visitor', n, 400), one_of(['/cancel', '/cancel/why', '/cancel/confirm', '/help', '/'], 'page', n),
  iso(TIMESTAMP '2026-06-10' + INTERVAL 1 MINUTE * dice('visited', n, 31000))
FROM range(650) AS t(n);

CREATE OR REPLACE TABLE journey AS
SELECT * FROM (VALUES (32, 'save', '2026-06-28', NULL), (31, 'save', '2026-05-01', '2026-05-20'), (21, 'welcome', '2026-06-28', NULL)) AS t(customer_id, name, began_on, ended_on)
UNION ALL
SELECT 100 + dice('journey', n, 400), one_of(['save', 'save', 'welcome'], 'journey name', n), strftime(DATE '2026-05-01' + dice('began', n, 50)::INT, '%Y-%m-%d'),
  CASE WHEN dice('ended', n, 2) = 0 THEN '2026-06-25' END
FROM range(90) AS t(n);

COPY (FROM customer ORDER BY id) TO 'database/customer.csv' (FORMAT csv, HEADER true);
COPY (FROM cases ORDER BY id) TO 'database/service_case.csv' (FORMAT csv, HEADER true);
COPY (FROM score ORDER BY id) TO 'data/scores.csv' (FORMAT csv, HEADER true);
COPY (FROM web_event ORDER BY ALL) TO 'data/web_events.jsonl' (FORMAT json);
COPY (FROM journey ORDER BY ALL) TO 'data/journeys.csv' (FORMAT csv, HEADER true);
