WITH first_day AS (SELECT customer_id, min(day) AS day FROM purchase GROUP BY customer_id)
SELECT customer_id
FROM purchase JOIN first_day USING (customer_id)
GROUP BY customer_id
HAVING count(*) FILTER (WHERE purchase.day - first_day.day BETWEEN 1 AND 90) = 0
ORDER BY customer_id;
