SELECT customer_id
FROM purchase
GROUP BY customer_id
HAVING count(DISTINCT day) >= 4 AND bool_and(isodow(day) IN (6, 7))
ORDER BY customer_id;
