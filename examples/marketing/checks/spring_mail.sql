WITH paid AS (
  SELECT o.customer_id, i.amount
  FROM orders AS o JOIN item AS i ON i.order_id = o.id
  WHERE o.status = 'paid' AND o.placed_at >= TIMESTAMP '2026-04-01 22:00:00' AND o.placed_at < TIMESTAMP '2026-07-01 10:00:00'
    AND i.product_id IN (SELECT id FROM product WHERE category = 'outdoor')
)
SELECT c.id
FROM customer AS c LEFT JOIN account AS a ON a.id = c.account_id
WHERE ((SELECT sum(amount) FROM paid WHERE customer_id = c.id) >= 500 OR (c.country IN ('DE', 'AT') AND c.tier = 'gold' AND c.email <> ''))
  AND NOT EXISTS (FROM contact AS m WHERE m.customer_id = c.id AND m.sent_at >= TIMESTAMP '2026-06-23 22:00:00' AND m.sent_at < TIMESTAMP '2026-07-01 10:00:00')
  AND a.risk_flag IS NOT TRUE
ORDER BY c.id;
