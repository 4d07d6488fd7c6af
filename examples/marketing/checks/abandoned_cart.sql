SELECT DISTINCT c.id
FROM customer AS c JOIN event AS cart ON cart.customer_id = c.id
WHERE cart.name = 'cart' AND cart.product_id IS NOT NULL
  AND cart.ts >= TIMESTAMP '2026-06-01' AND cart.ts < TIMESTAMP '2026-07-01 10:00:00'
  AND cart.ts + INTERVAL 3 DAY <= TIMESTAMP '2026-07-01 10:00:00'
  AND NOT EXISTS (
    FROM event AS buy
    WHERE buy.customer_id = cart.customer_id AND buy.name = 'purchase' AND buy.product_id = cart.product_id AND buy.ts > cart.ts AND buy.ts <= cart.ts + INTERVAL 3 DAY)
ORDER BY c.id;
