-- 180 days before 2026-07-01 is 2026-01-02.
SELECT id
FROM customer
WHERE id IN (SELECT customer_id FROM orders)
  AND id NOT IN (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL AND placed_at >= TIMESTAMP '2026-01-02' AND placed_at < TIMESTAMP '2026-07-01 10:00:00')
  AND churn_reason <> 'moved'
  AND country IS DISTINCT FROM 'DE'
ORDER BY id;
