-- How the files of data/ were made: nothing is random, so that they come out the same again. Run in this folder with DuckDB:
--   duckdb < generate-data.sql
-- Ids below 100 are written by hand, each for the sake of one bound of a segment; the others are many and ordinary.
SET TimeZone = 'UTC';

-- A number from 0 to sides - 1 that looks thrown and is always the same.
CREATE OR REPLACE MACRO dice(what, id, sides) AS (('0x' || substr(md5(what || ':' || id), 1, 8))::BIGINT % sides);
CREATE OR REPLACE MACRO one_of(list, what, id) AS list[dice(what, id, len(list)) + 1];
CREATE OR REPLACE MACRO iso(instant) AS strftime(instant, '%Y-%m-%dT%H:%M:%SZ');

-- Accounts of companies. 3 to 13 are one below the other; 14 and 15 own each other; a parent may be unknown to us (77).
CREATE OR REPLACE TABLE account AS
SELECT * FROM (VALUES
  (1, NULL, false), (2, NULL, true), (3, NULL, NULL), (4, 3, false), (5, 4, false), (6, 5, false), (7, 6, false), (8, 7, false), (9, 8, false),
  (10, 9, false), (11, 10, false), (12, 11, false), (13, 12, false), (14, 15, false), (15, 14, false), (16, 77, false), (17, NULL, false),
  (18, NULL, false), (19, NULL, false), (20, NULL, false), (21, NULL, false)
) AS t(id, parent_id, risk_flag)
UNION ALL
SELECT id, CASE WHEN dice('parent', id, 3) > 0 THEN 100 + dice('parent of', id, 20) END, one_of([true, false, false, false, false, NULL], 'risk', id)
FROM range(100, 160) AS t(id);

-- People who use the product. Accounts 1, 3, 4, 5, 11, 12, 14 and 16 have five active ones who are all trained; 17 to 21 have not.
CREATE OR REPLACE TABLE users AS
SELECT account_id * 10 + n AS id, account_id, 'active' AS status, true AS trained
FROM unnest([1, 3, 4, 5, 11, 12, 14, 16]) AS a(account_id), range(5) AS t(n)
UNION ALL SELECT * FROM (VALUES
  (18, 1, 'left', false),                                                          -- who has left need not be trained
  (170, 17, 'active', true), (171, 17, 'active', true), (172, 17, 'active', true), (173, 17, 'active', true),  -- four are not enough
  (180, 18, 'active', true), (181, 18, 'active', true), (182, 18, 'active', true), (183, 18, 'active', true), (184, 18, 'active', false),
  (190, 19, 'active', true), (191, 19, 'active', true), (192, 19, 'active', true), (193, 19, 'active', true), (194, 19, 'active', NULL),
  (200, 20, 'left', true)                                                          -- 21 has no user at all
) AS t(id, account_id, status, trained)
UNION ALL
SELECT 10000 + n, 100 + dice('user of', n, 60), one_of(['active', 'active', 'active', 'left'], 'status', n), dice('trained', n, 40) > 0
FROM range(380) AS t(n);

-- What they may buy next.
CREATE OR REPLACE TABLE opportunity AS
SELECT * FROM (VALUES
  (1, 1, 'offer', 1000000.00),                                                     -- exactly the million
  (2, 3, 'offer', 400000.00), (3, 5, 'talk', 599999.99),                           -- a cent is missing …
  (4, 11, 'offer', 0.01),                                                          -- … and found eight levels below 3
  (5, 12, 'offer', 5000000.00),                                                    -- nine levels below 3: too deep for it
  (6, 14, 'offer', 500000.00), (7, 15, 'offer', 500000.00),                        -- 14 and 15 own each other: each counts once
  (8, 16, 'won', 900000.00), (9, 16, 'lost', 900000.00), (10, 16, NULL, 900000.00), (11, 16, 'talk', 999999.99),
  (12, 17, 'offer', 2000000.00), (13, 18, 'offer', 2000000.00), (14, 19, 'offer', 2000000.00), (15, 20, 'offer', 2000000.00), (16, 21, 'offer', 2000000.00)
) AS t(id, account_id, stage, amount)
UNION ALL
SELECT 1000 + n, 100 + dice('opportunity of', n, 60), one_of(['talk', 'offer', 'offer', 'won', 'lost', NULL], 'stage', n), (dice('worth', n, 60000000) / 100)::DECIMAL(12,2)
FROM range(180) AS t(n);

CREATE OR REPLACE TABLE product AS
SELECT * FROM (VALUES ('tent', 'outdoor'), ('stove', 'outdoor'), ('boots', 'outdoor'), ('lamp', 'home'), ('chair', 'home'), ('map', 'Outdoor'), ('gift', NULL)) AS t(id, category);

-- Customers. Those by hand have no household and no region unless the offers (holiday_offers) are about them.
CREATE OR REPLACE TABLE customer AS
SELECT * FROM (VALUES
  -- id, e-mail, country, tier, churn_reason, account_id, household_id, region, ltv
  (1, 'a@example.com', 'DE', 'gold', NULL, 1, NULL, NULL, NULL),                   -- de_at_gold: yes
  (2, '', 'DE', 'gold', NULL, 1, NULL, NULL, NULL),                                -- an empty address is none
  (3, NULL, 'AT', 'gold', NULL, 1, NULL, NULL, NULL),
  (4, 'd@example.com', 'AT', 'gold', NULL, 2, NULL, NULL, NULL),                   -- de_at_gold yes, spring_mail no: the account is a risk
  (5, 'e@example.com', 'de', 'gold', NULL, 1, NULL, NULL, NULL),                   -- texts are compared as they are
  (6, 'f@example.com', 'DE', 'Gold', NULL, 1, NULL, NULL, NULL),
  (7, 'g@example.com', NULL, 'gold', NULL, 1, NULL, NULL, NULL),
  (8, 'h@example.com', 'DE', 'gold', NULL, 3, NULL, NULL, NULL),                   -- spring_mail yes: a risk that is not known is none
  (9, 'i@example.com', 'DE', 'gold', NULL, NULL, NULL, NULL, NULL),                -- spring_mail yes: no account, no risk
  (10, 'j@example.com', 'AT', 'gold', NULL, 88, NULL, NULL, NULL),                 -- spring_mail yes: an account that we do not know
  (11, 'k@example.com', 'DE', 'gold', NULL, 1, NULL, NULL, NULL),                  -- spring_mail no: mail at the first second of the seven days
  (12, 'l@example.com', 'DE', 'gold', NULL, 1, NULL, NULL, NULL),                  -- spring_mail yes: mail a second before them
  (13, 'm@example.com', 'DE', 'gold', NULL, 1, NULL, NULL, NULL),                  -- spring_mail yes: mail at the very instant of the run
  (20, NULL, 'CH', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- outdoor_spenders: 500.00 exactly, at the first second of the 90 days
  (21, NULL, 'CH', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- 499.99
  (22, NULL, 'CH', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- a second too early
  (23, NULL, 'CH', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- at the instant of the run: too late
  (24, NULL, 'CH', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- not paid
  (25, NULL, 'CH', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- no outdoor product among them
  (26, NULL, 'CH', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- 500 in two orders, one of them returned in part
  (27, NULL, 'CH', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- two equal lines of 250 are two lines
  (30, NULL, 'FR', 'silver', 'price', NULL, NULL, NULL, NULL),                     -- lapsed: an order a second before the 180 days
  (31, NULL, 'FR', 'silver', 'price', NULL, NULL, NULL, NULL),                     -- an order at their first second
  (32, NULL, 'FR', 'silver', 'price', NULL, NULL, NULL, NULL),                     -- lapsed yes: an order at the instant of the run is not in them
  (33, NULL, 'FR', 'silver', 'price', NULL, NULL, NULL, NULL),                     -- lapsed yes: the only order has no date
  (34, NULL, 'FR', 'silver', 'price', NULL, NULL, NULL, NULL),                     -- never ordered
  (35, NULL, 'FR', 'silver', 'moved', NULL, NULL, NULL, NULL),
  (36, NULL, 'FR', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- an unknown reason is not "other than moved"
  (37, NULL, 'DE', 'silver', 'price', NULL, NULL, NULL, NULL),
  (38, NULL, NULL, 'silver', 'price', NULL, NULL, NULL, NULL),                     -- lapsed yes: an unknown country is "not Germany"
  (40, NULL, 'FR', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- abandoned_cart: a cart and nothing more
  (41, NULL, 'FR', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- bought at the last instant of three days
  (42, NULL, 'FR', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- abandoned_cart yes: bought a second later
  (43, NULL, 'FR', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- abandoned_cart yes: bought something else
  (44, NULL, 'FR', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- abandoned_cart yes: bought at the same instant, so not after it
  (45, NULL, 'FR', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- a cart without a product
  (46, NULL, 'FR', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- abandoned_cart yes: three days ago to the second
  (47, NULL, 'FR', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- three days less a second: still open
  (48, NULL, 'FR', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- a cart a second before the 30 days
  (49, NULL, 'FR', 'silver', NULL, NULL, NULL, NULL, NULL),                        -- abandoned_cart yes: bought the first time, not the second
  (60, 'x60@example.com', 'FR', 'silver', NULL, NULL, 'h1', 'isles', 900.00),      -- holiday_offers: of two equals the lower key
  (61, 'x61@example.com', 'FR', 'silver', NULL, NULL, 'h1', 'isles', 900.00),
  (62, 'x62@example.com', 'FR', 'silver', NULL, NULL, 'h2', 'isles', NULL),        -- holiday_offers: a value goes before none
  (63, 'x63@example.com', 'FR', 'silver', NULL, NULL, 'h2', 'isles', 0.00),
  (64, '', 'FR', 'silver', NULL, NULL, 'h3', 'isles', 9999.99),                    -- holiday_offers: without an address nobody takes part …
  (65, 'x65@example.com', 'FR', 'silver', NULL, NULL, 'h3', 'isles', 1.00),        -- … and the next of the household does
  (66, 'x66@example.com', 'FR', 'silver', NULL, NULL, 'h4', NULL, 5000.00),        -- holiday_offers: a vip to the cent; no region is a region of its own
  (67, 'x67@example.com', 'FR', 'silver', NULL, NULL, 'h5', NULL, 4999.99),        -- not quite
  (68, 'x68@example.com', 'FR', 'silver', NULL, NULL, NULL, 'east', 6000.00),      -- holiday_offers: no household is one household …
  (69, 'x69@example.com', 'FR', 'silver', NULL, NULL, NULL, 'east', 5999.00)       -- … of whom one is taken
) AS t(id, email, country, tier, churn_reason, account_id, household_id, region, ltv)
UNION ALL
SELECT
  id,
  CASE WHEN dice('email', id, 8) > 1 THEN 'c' || id || '@example.com' WHEN dice('email', id, 8) = 1 THEN '' END,
  one_of(['DE', 'DE', 'AT', 'CH', 'FR', NULL], 'country', id),
  one_of(['gold', 'silver', 'silver', 'bronze'], 'tier', id),
  one_of(['price', 'moved', 'service', NULL], 'churn', id),
  CASE WHEN dice('account', id, 2) = 0 THEN 100 + dice('account of', id, 60) END,
  'h' || (100 + dice('household', id, 200)),
  one_of(['north', 'south', 'east', 'west'], 'region', id),
  CASE WHEN dice('ltv', id, 10) > 0 THEN (dice('ltv of', id, 700) * 10)::DECIMAL(12,2) END
FROM range(100, 460) AS t(id);

-- Orders and their lines. As of 1 July 2026 12:00 in Berlin, its 90 days begin on 1 April 22:00 UTC; the 180 days of lapsed on 2 January 00:00 UTC.
CREATE OR REPLACE TABLE orders AS
SELECT * FROM (VALUES
  (20, 20, 'paid', '2026-04-01T22:00:00Z'), (21, 21, 'paid', '2026-06-01T12:00:00Z'), (22, 22, 'paid', '2026-04-01T21:59:59Z'),
  (23, 23, 'paid', '2026-07-01T10:00:00Z'), (24, 24, 'open', '2026-06-01T12:00:00Z'), (25, 25, 'paid', '2026-06-01T12:00:00Z'),
  (26, 26, 'paid', '2026-06-01T12:00:00Z'), (27, 26, 'paid', '2026-06-02T12:00:00Z'), (28, 27, 'paid', '2026-06-30T23:59:59Z'),
  (29, NULL, 'paid', '2026-06-01T12:00:00Z'),
  (30, 30, 'paid', '2026-01-01T23:59:59Z'), (31, 31, 'paid', '2026-01-02T00:00:00Z'), (32, 32, 'paid', '2026-07-01T10:00:00Z'), (33, 33, 'paid', NULL),
  (35, 35, 'paid', '2025-06-01T12:00:00Z'), (36, 36, 'paid', '2025-06-01T12:00:00Z'), (37, 37, 'paid', '2025-06-01T12:00:00Z'), (38, 38, 'paid', '2025-06-01T12:00:00Z')
) AS t(id, customer_id, status, placed_at)
UNION ALL
SELECT
  1000 + n, 100 + (dice('order of', n, 360) * dice('keen', n, 360)) // 360, one_of(['paid', 'paid', 'paid', 'open', 'returned'], 'order status', n),
  iso(TIMESTAMP '2025-03-01' + INTERVAL 1 MINUTE * dice('placed', n, 700000))
FROM range(1000) AS t(n);

CREATE OR REPLACE TABLE item AS
SELECT * FROM (VALUES
  (20, 1, 'tent', 500.00), (21, 1, 'tent', 499.99), (21, 2, 'lamp', 80.00), (22, 1, 'tent', 900.00), (23, 1, 'tent', 900.00), (24, 1, 'tent', 900.00),
  (25, 1, 'chair', 500.00), (25, 2, 'map', 500.00), (25, 3, 'gift', 500.00), (25, 4, 'ghost', 500.00),
  (26, 1, 'stove', 300.00), (26, 2, 'stove', -100.00), (27, 1, 'boots', 300.00), (28, 1, 'tent', 250.00), (28, 2, 'tent', 250.00), (29, 1, 'tent', 900.00)
) AS t(order_id, line, product_id, amount)
UNION ALL
SELECT o.id, line, one_of(['tent', 'stove', 'boots', 'lamp', 'chair', 'map', 'gift'], 'product', o.id || '/' || line), (dice('amount', o.id || '/' || line, 30000) / 100)::DECIMAL(12,2)
FROM orders AS o, range(1, 5) AS t(line)
WHERE o.id >= 1000 AND line <= 1 + dice('lines', o.id, 4);

-- What they did on the web site. The 30 days of abandoned_cart begin on 1 June 00:00 UTC.
CREATE OR REPLACE TABLE event AS
SELECT * FROM (VALUES
  (40, 'cart', 'tent', '2026-06-01T00:00:00Z'),
  (41, 'cart', 'tent', '2026-06-10T08:00:00Z'), (41, 'purchase', 'tent', '2026-06-13T08:00:00Z'),
  (42, 'cart', 'tent', '2026-06-10T08:00:00Z'), (42, 'purchase', 'tent', '2026-06-13T08:00:01Z'),
  (43, 'cart', 'tent', '2026-06-10T08:00:00Z'), (43, 'purchase', 'stove', '2026-06-10T08:05:00Z'), (43, 'purchase', NULL, '2026-06-10T08:06:00Z'),
  (44, 'cart', 'tent', '2026-06-10T08:00:00Z'), (44, 'purchase', 'tent', '2026-06-10T08:00:00Z'),
  (45, 'cart', NULL, '2026-06-10T08:00:00Z'),
  (46, 'cart', 'tent', '2026-06-28T10:00:00Z'), (47, 'cart', 'tent', '2026-06-28T10:00:01Z'), (48, 'cart', 'tent', '2026-05-31T23:59:59Z'),
  (49, 'cart', 'tent', '2026-06-05T08:00:00Z'), (49, 'purchase', 'tent', '2026-06-05T08:10:00Z'), (49, 'cart', 'tent', '2026-06-12T08:00:00Z'),
  (48, 'cart', 'tent', NULL)
) AS t(customer_id, name, product_id, ts)
UNION ALL
SELECT customer_id, name, product_id, iso(ts) FROM (
  SELECT 100 + dice('visitor', n, 360) AS customer_id, 'cart' AS name, one_of(['tent', 'stove', 'boots', 'lamp'], 'carted', n) AS product_id,
    TIMESTAMP '2026-05-25' + INTERVAL 1 MINUTE * dice('carted at', n, 53000) AS ts, n
  FROM range(420) AS t(n)
  UNION ALL
  SELECT 100 + dice('visitor', n, 360), 'purchase', one_of(['tent', 'stove', 'boots', 'lamp'], CASE WHEN dice('other', n, 6) = 0 THEN 'bought' ELSE 'carted' END, n),
    TIMESTAMP '2026-05-25' + INTERVAL 1 MINUTE * (dice('carted at', n, 53000) + dice('bought after', n, 6000)), n
  FROM range(420) AS t(n)
  WHERE dice('bought', n, 3) > 0
);

-- Mails sent. The seven days of spring_mail begin on 23 June 22:00 UTC.
CREATE OR REPLACE TABLE contact AS
SELECT * FROM (VALUES
  (11, '2026-06-23T22:00:00Z'), (12, '2026-06-23T21:59:59Z'), (13, '2026-07-01T10:00:00Z')
) AS t(customer_id, sent_at)
UNION ALL
SELECT 100 + dice('mailed', n, 360), iso(TIMESTAMP '2026-06-01' + INTERVAL 1 MINUTE * dice('mailed at', n, 44000)) FROM range(260) AS t(n);

COPY (FROM account ORDER BY id) TO 'data/accounts.csv' (FORMAT csv, HEADER true);
COPY (FROM users ORDER BY id) TO 'data/users.csv' (FORMAT csv, HEADER true);
COPY (FROM opportunity ORDER BY id) TO 'data/opportunities.csv' (FORMAT csv, HEADER true);
COPY (FROM product ORDER BY id) TO 'data/products.csv' (FORMAT csv, HEADER true);
COPY (FROM customer ORDER BY id) TO 'data/customers.csv' (FORMAT csv, HEADER true);
COPY (FROM orders ORDER BY id) TO 'data/orders.csv' (FORMAT csv, HEADER true);
COPY (FROM item ORDER BY order_id, line) TO 'data/items.csv' (FORMAT csv, HEADER true);
COPY (FROM event ORDER BY ALL) TO 'data/events.jsonl' (FORMAT json);
COPY (FROM contact ORDER BY ALL) TO 'data/contacts.csv' (FORMAT csv, HEADER true);
