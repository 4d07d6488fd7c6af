-- How data/customers.csv was made from data/purchases.csv. Run in this folder with DuckDB:
--   duckdb < derive-customers.sql
-- One row a customer: the day of the first purchase and its month, and what was bought on that day, all purchases of the day together.
COPY (
  WITH purchases AS (
    SELECT * FROM read_csv('data/purchases.csv', header = true,
      columns = {'customer_id': 'VARCHAR', 'day': 'DATE', 'cds': 'BIGINT', 'amount': 'DECIMAL(12,2)'})
  ),
  first_days AS (
    SELECT customer_id, min(day) AS first_day FROM purchases GROUP BY customer_id
  )
  SELECT
    f.customer_id,
    f.first_day,
    strftime(f.first_day, '%Y-%m') AS cohort,
    count(*) AS first_day_purchases,
    sum(p.amount) AS first_day_amount
  FROM first_days AS f
  JOIN purchases AS p ON p.customer_id = f.customer_id AND p.day = f.first_day
  GROUP BY f.customer_id, f.first_day
  ORDER BY f.customer_id
) TO 'data/customers.csv' (FORMAT csv, HEADER true);
