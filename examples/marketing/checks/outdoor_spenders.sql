-- 90 days before 2026-07-01 in Berlin is 2026-04-02 there.
SELECT o.customer_id
FROM item AS i JOIN orders AS o ON o.id = i.order_id JOIN product AS p ON p.id = i.product_id
WHERE o.status = 'paid' AND p.category = 'outdoor' AND o.placed_at >= TIMESTAMP '2026-04-01 22:00:00' AND o.placed_at < TIMESTAMP '2026-07-01 10:00:00'
  AND o.customer_id IN (SELECT id FROM customer)
GROUP BY o.customer_id
HAVING sum(i.amount) >= 500
ORDER BY o.customer_id;
