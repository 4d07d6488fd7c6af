WITH one_a_household AS (
  SELECT * FROM customer WHERE email <> ''
  QUALIFY row_number() OVER (PARTITION BY household_id ORDER BY ltv DESC NULLS LAST, id) = 1
),
best_of_region AS (
  SELECT * FROM one_a_household
  QUALIFY row_number() OVER (PARTITION BY region ORDER BY ltv DESC NULLS LAST, id) <= 30
),
vips AS (SELECT id FROM best_of_region WHERE ltv >= 5000 ORDER BY ltv DESC, id LIMIT 25),
tiered AS (
  SELECT id,
    CASE WHEN id IN (SELECT id FROM vips) THEN 'vip30'
         WHEN (SELECT count(*) FROM orders AS o WHERE o.customer_id = best_of_region.id) >= 5 THEN 'freq20'
         ELSE 'rest10' END AS tier,
    ('0x' || substr(md5('holiday26:' || id), 1, 8))::BIGINT % 10000 AS bucket
  FROM best_of_region
)
SELECT id, tier, CASE WHEN bucket < 4500 THEN 'a' WHEN bucket < 9000 THEN 'b' ELSE 'holdout' END AS arm, bucket
FROM tiered
ORDER BY id;
