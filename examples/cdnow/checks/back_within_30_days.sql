-- The first day is found anew here, so that this also checks the derived customers. Days are whole: a second basket of the first day comes not after it.
WITH first_day AS (SELECT customer_id, min(day) AS day FROM purchase GROUP BY customer_id)
SELECT DISTINCT customer_id
FROM purchase JOIN first_day USING (customer_id)
WHERE purchase.day - first_day.day BETWEEN 1 AND 30
ORDER BY customer_id;
