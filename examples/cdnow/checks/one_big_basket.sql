SELECT customer_id
FROM purchase
GROUP BY customer_id
HAVING max(amount) >= 100 AND sum(amount) < 150
ORDER BY customer_id;
