WITH lapsed AS (SELECT customer_id FROM purchase GROUP BY customer_id HAVING sum(amount) >= 500 AND max(day) < DATE '1998-01-02'),
few_baskets AS (SELECT customer_id FROM purchase GROUP BY customer_id HAVING count(*) < 5)
SELECT customer_id
FROM lapsed
ANTI JOIN panel USING (customer_id)
ANTI JOIN few_baskets USING (customer_id)
ORDER BY customer_id;
