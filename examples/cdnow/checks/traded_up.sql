-- The first day is found anew here, so that this also checks the derived customers.
WITH first_day AS (SELECT customer_id, min(day) AS day FROM purchase GROUP BY customer_id),
first_basket AS (SELECT customer_id, day, sum(amount) AS amount FROM purchase JOIN first_day USING (customer_id, day) GROUP BY customer_id, day)
SELECT DISTINCT purchase.customer_id
FROM purchase
JOIN first_basket ON purchase.customer_id = first_basket.customer_id AND purchase.day > first_basket.day AND purchase.amount > first_basket.amount
ORDER BY purchase.customer_id;
