WITH dormant AS (
  SELECT customer_id, sum(amount) AS amount, max(day) AS latest FROM purchase GROUP BY customer_id HAVING max(day) < DATE '1998-01-02'
),
dear AS (
  FROM (SELECT customer_id FROM dormant WHERE amount >= 500 ORDER BY amount DESC, customer_id LIMIT 40)
),
others AS (
  SELECT customer_id FROM dormant ANTI JOIN dear USING (customer_id) WHERE amount >= 200 ORDER BY amount DESC, customer_id LIMIT 400
),
latest AS (
  SELECT customer_id FROM dormant ANTI JOIN dear USING (customer_id) ANTI JOIN others USING (customer_id) ORDER BY latest DESC, customer_id LIMIT 2000
),
dealt AS (
  SELECT customer_id, ('0x' || substr(md5('winback98:' || customer_id), 1, 8))::BIGINT % 10000 AS bucket
  FROM (FROM dear UNION ALL FROM others UNION ALL FROM latest)
)
SELECT customer_id, CASE WHEN bucket < 4500 THEN 'letter' WHEN bucket < 9000 THEN 'voucher' ELSE 'holdout' END AS arm, bucket
FROM dealt
ORDER BY customer_id;
