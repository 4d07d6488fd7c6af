SELECT id FROM customer WHERE country IN ('DE', 'AT') AND tier = 'gold' AND email <> '' ORDER BY id;
