SELECT customer_id
FROM purchase
GROUP BY customer_id
HAVING max(day) < DATE '1998-01-02'
ORDER BY customer_id;
