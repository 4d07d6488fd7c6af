-- The tables of the database, filled from the files beside this one. For psql, in this folder.
DROP TABLE IF EXISTS customer, service_case;
CREATE TABLE customer (id bigint PRIMARY KEY, status text, renewal_date date);
CREATE TABLE service_case (id bigint PRIMARY KEY, customer_id bigint, priority text, opened_on date, disposition text);
\copy customer FROM 'customer.csv' (FORMAT csv, HEADER true)
\copy service_case FROM 'service_case.csv' (FORMAT csv, HEADER true)
ANALYZE customer, service_case;
