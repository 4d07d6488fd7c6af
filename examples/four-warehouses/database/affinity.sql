-- Databricks: how much each of the 40,000 people of the group would like each of eight categories, from 0 to 1: 320,000 rows.
-- A query whose rows fill the table when the warehouse starts: nothing is random, so that they come out the same again.
SELECT profile_id, category, liking::DECIMAL(5,4) AS liking FROM (VALUES
  (50, 'tents', 0.9000),                                                            -- exactly enough: yes
  (51, 'tents', 0.8999), (51, 'lamps', 0.9900),                                     -- not enough, and another category
  (52, 'tents', 0.9900), (53, 'tents', 0.9900),                                     -- may not be written to; not from there
  (54, 'boots', 0.9900), (54, 'tents', 0.9900),                                     -- both, and one member: yes
  (55, 'boots', NULL)                                                               -- not computed yet
) AS t(profile_id, category, liking)
UNION ALL
SELECT 100 + n // 8, ['tents', 'boots', 'lamps', 'stoves', 'maps', 'ropes', 'packs', 'skis'][1 + (n % 8)::INT], ((md5_number_lower('liking:' || n) % 10001) / 10000)::DECIMAL(5,4)
FROM range(320000) AS t(n)
