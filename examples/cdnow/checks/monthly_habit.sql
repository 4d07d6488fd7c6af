-- Today, 1 July 1998, belongs to the first of the six months, so they are counted back from 2 July.
SELECT customer_id
FROM purchase
WHERE day >= DATE '1998-01-02' AND day < DATE '1998-07-02'
GROUP BY customer_id
HAVING count(DISTINCT CASE
  WHEN day >= DATE '1998-06-02' THEN 1 WHEN day >= DATE '1998-05-02' THEN 2 WHEN day >= DATE '1998-04-02' THEN 3
  WHEN day >= DATE '1998-03-02' THEN 4 WHEN day >= DATE '1998-02-02' THEN 5 ELSE 6 END) >= 5
ORDER BY customer_id;
