-- The files as tables, with the types of model.yaml. The other files of this folder are one SELECT each, written by hand from the question
-- and not from the segment's YAML; each answers as of 2026-07-01 12:00 in Berlin, which is 10:00 UTC. Times here are UTC.
CREATE OR REPLACE VIEW customer AS
  SELECT * FROM read_csv('data/customers.csv', header = true, columns = {'id': 'BIGINT', 'email': 'VARCHAR', 'country': 'VARCHAR', 'tier': 'VARCHAR',
    'churn_reason': 'VARCHAR', 'account_id': 'BIGINT', 'household_id': 'VARCHAR', 'region': 'VARCHAR', 'ltv': 'DECIMAL(12,2)'});
CREATE OR REPLACE VIEW account AS
  SELECT * FROM read_csv('data/accounts.csv', header = true, columns = {'id': 'BIGINT', 'parent_id': 'BIGINT', 'risk_flag': 'BOOLEAN'});
CREATE OR REPLACE VIEW users AS
  SELECT * FROM read_csv('data/users.csv', header = true, columns = {'id': 'BIGINT', 'account_id': 'BIGINT', 'status': 'VARCHAR', 'trained': 'BOOLEAN'});
CREATE OR REPLACE VIEW opportunity AS
  SELECT * FROM read_csv('data/opportunities.csv', header = true, columns = {'id': 'BIGINT', 'account_id': 'BIGINT', 'stage': 'VARCHAR', 'amount': 'DECIMAL(12,2)'});
CREATE OR REPLACE VIEW orders AS
  SELECT * FROM read_csv('data/orders.csv', header = true, columns = {'id': 'BIGINT', 'customer_id': 'BIGINT', 'status': 'VARCHAR', 'placed_at': 'TIMESTAMP'});
CREATE OR REPLACE VIEW item AS
  SELECT * FROM read_csv('data/items.csv', header = true, columns = {'order_id': 'BIGINT', 'line': 'BIGINT', 'product_id': 'VARCHAR', 'amount': 'DECIMAL(12,2)'});
CREATE OR REPLACE VIEW product AS
  SELECT * FROM read_csv('data/products.csv', header = true, columns = {'id': 'VARCHAR', 'category': 'VARCHAR'});
CREATE OR REPLACE VIEW event AS
  SELECT * FROM read_json('data/events.jsonl', format = 'newline_delimited', columns = {'customer_id': 'BIGINT', 'name': 'VARCHAR', 'product_id': 'VARCHAR', 'ts': 'TIMESTAMP'});
CREATE OR REPLACE VIEW contact AS
  SELECT * FROM read_csv('data/contacts.csv', header = true, columns = {'customer_id': 'BIGINT', 'sent_at': 'TIMESTAMP'});
