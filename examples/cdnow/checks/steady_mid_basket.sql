-- An average of decimals is a float in DuckDB; multiplying out compares exactly.
SELECT customer_id
FROM purchase
GROUP BY customer_id
HAVING count(*) >= 6 AND sum(amount) >= 25 * count(*) AND sum(amount) <= 40 * count(*)
ORDER BY customer_id;
