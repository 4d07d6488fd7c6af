SELECT customer_id
FROM purchase
GROUP BY customer_id
HAVING max(day) <= DATE '1997-06-30'
ORDER BY customer_id;
