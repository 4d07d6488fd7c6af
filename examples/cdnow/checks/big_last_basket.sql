WITH latest AS (SELECT * FROM purchase QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY day DESC, cds, amount) = 1)
SELECT customer_id FROM latest WHERE amount >= 150 ORDER BY customer_id;
