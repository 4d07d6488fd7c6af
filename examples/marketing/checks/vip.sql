SELECT id FROM customer WHERE ltv >= 5000 ORDER BY id;
