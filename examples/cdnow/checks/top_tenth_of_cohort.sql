-- A tenth is rounded up: (n + 9) // 10. The cohort is found anew here, so that this also checks the derived customers.
WITH spent AS (SELECT customer_id, date_trunc('month', min(day)) AS cohort, sum(amount) AS amount FROM purchase GROUP BY customer_id),
ranked AS (
  SELECT customer_id,
    row_number() OVER (PARTITION BY cohort ORDER BY amount DESC, customer_id) AS place,
    count(*) OVER (PARTITION BY cohort) AS size
  FROM spent
)
SELECT customer_id FROM ranked WHERE place <= (size + 9) // 10 ORDER BY customer_id;
