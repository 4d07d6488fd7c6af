-- The two files as tables, with the types of model.yaml. The other files of this folder are one SELECT each, written by hand from the
-- question and not from the segment's YAML; each answers with the keys of one segment as of 1998-07-01.
CREATE OR REPLACE VIEW purchase AS
  SELECT * FROM read_csv('data/purchases.csv', header = true,
    columns = {'customer_id': 'VARCHAR', 'day': 'DATE', 'cds': 'BIGINT', 'amount': 'DECIMAL(12,2)'});
CREATE OR REPLACE VIEW customer AS
  SELECT * FROM read_csv('data/customers.csv', header = true,
    columns = {'customer_id': 'VARCHAR', 'first_day': 'DATE', 'cohort': 'VARCHAR', 'first_day_purchases': 'BIGINT', 'first_day_amount': 'DECIMAL(12,2)'});
CREATE OR REPLACE VIEW panel AS
  SELECT * FROM read_csv('segments/lists/panel.csv', header = true, columns = {'customer_id': 'VARCHAR'});
