SELECT customer_id
FROM purchase
WHERE year(day) = 1997
GROUP BY customer_id
HAVING count(DISTINCT quarter(day)) = 4
ORDER BY customer_id;
