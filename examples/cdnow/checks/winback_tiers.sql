WITH dormant AS (
  SELECT customer_id, sum(amount) AS amount, max(day) AS latest FROM purchase GROUP BY customer_id HAVING max(day) < DATE '1998-01-02'
),
call AS (SELECT * FROM dormant WHERE amount >= 500 ORDER BY amount DESC, customer_id LIMIT 40),
parcel AS (SELECT * FROM dormant ANTI JOIN call USING (customer_id) WHERE amount >= 200 ORDER BY amount DESC, customer_id LIMIT 400),
mail AS (SELECT * FROM dormant ANTI JOIN call USING (customer_id) ANTI JOIN parcel USING (customer_id) ORDER BY latest DESC, customer_id LIMIT 2000)
SELECT customer_id, 'call' AS tier FROM call
UNION ALL SELECT customer_id, 'parcel' FROM parcel
UNION ALL SELECT customer_id, 'mail' FROM mail
ORDER BY customer_id;
