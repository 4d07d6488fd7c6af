SELECT customer_id
FROM purchase
GROUP BY customer_id
HAVING max(amount) = 0 AND min(amount) = 0
ORDER BY customer_id;
