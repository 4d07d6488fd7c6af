SELECT id FROM customer WHERE id IN (SELECT customer_id FROM journey WHERE name = 'save' AND ended_on IS NULL) ORDER BY id;
