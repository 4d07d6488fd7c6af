SELECT customer_id
FROM purchase
WHERE day BETWEEN DATE '1998-04-01' AND DATE '1998-06-30'
GROUP BY customer_id
HAVING count(*) >= 3
ORDER BY customer_id;
