SELECT id
FROM customer
WHERE id IN (SELECT customer_id FROM contact WHERE sent_at >= TIMESTAMP '2026-06-23 22:00:00' AND sent_at < TIMESTAMP '2026-07-01 10:00:00')
ORDER BY id;
