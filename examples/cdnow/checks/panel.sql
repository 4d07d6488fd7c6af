-- The file also holds a key that no customer has: it makes nobody a member.
SELECT DISTINCT customer_id
FROM customer
SEMI JOIN panel USING (customer_id)
ORDER BY customer_id;
