-- Fabric: whom the service desk of the whole group of shops wrote to or called in three years, 240,000 rows. Of its 40,000 people 4,900 are customers of this shop.
-- A query whose rows fill the table when the warehouse starts: nothing is random, so that they come out the same again.
SELECT * FROM (VALUES
  (1, 42, 'call', DATE '2023-07-01'),
  (2, 43, 'mail', DATE '2026-06-30'), (3, 43, 'letter', DATE '2026-06-30'),
  (4, NULL, 'call', DATE '2026-06-30')                                              -- a number that nobody has: nobody was called
) AS t(id, profile_id, channel, contacted_on)
UNION ALL
SELECT 100 + n, 100 + (md5_number_lower('whom:' || n) % 40000)::BIGINT, ['call', 'letter', 'mail', 'mail', 'mail', 'mail'][1 + (md5_number_lower('channel:' || n) % 6)::INT],
  DATE '2023-07-01' + (md5_number_upper('channel:' || n) % 1096)::INT
FROM range(240000) AS t(n)
