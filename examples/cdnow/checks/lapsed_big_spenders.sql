-- 180 days before 1998-07-01 is 1998-01-02.
SELECT customer_id
FROM purchase
GROUP BY customer_id
HAVING sum(amount) >= 500 AND max(day) < DATE '1998-01-02'
ORDER BY customer_id;
