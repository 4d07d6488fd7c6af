WITH days AS (SELECT customer_id, day, count(*) AS purchases, sum(amount) AS amount FROM purchase GROUP BY customer_id, day),
ranked AS (SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY day) AS nth FROM days)
SELECT customer_id
FROM ranked
WHERE nth = 1 AND purchases >= 2 AND amount > 0
ORDER BY customer_id;
