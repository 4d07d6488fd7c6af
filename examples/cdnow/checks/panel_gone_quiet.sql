WITH per_customer AS (SELECT customer_id, max(day) AS latest, sum(amount) AS amount FROM purchase GROUP BY customer_id)
SELECT customer_id
FROM per_customer
SEMI JOIN panel USING (customer_id)
WHERE latest < DATE '1998-01-01' AND NOT (amount >= 500 AND latest < DATE '1998-01-02')
ORDER BY customer_id;
