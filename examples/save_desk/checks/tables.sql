-- The files and the tables of the database, which were filled from files too. The other files of this folder are one SELECT each, written by
-- hand from the question and not from the segment's YAML; each answers as of 2026-07-01 10:00 UTC, which is 06:00 in New York.
CREATE OR REPLACE VIEW customer AS
  SELECT * FROM read_csv('database/customer.csv', header = true, columns = {'id': 'BIGINT', 'status': 'VARCHAR', 'renewal_date': 'DATE'});
CREATE OR REPLACE VIEW service_case AS
  SELECT * FROM read_csv('database/service_case.csv', header = true, columns = {'id': 'BIGINT', 'customer_id': 'BIGINT', 'priority': 'VARCHAR', 'opened_on': 'DATE', 'disposition': 'VARCHAR'});
CREATE OR REPLACE VIEW score AS
  SELECT * FROM read_csv('data/scores.csv', header = true, columns = {'id': 'BIGINT', 'customer_id': 'BIGINT', 'model': 'VARCHAR', 'score': 'DECIMAL(5,4)', 'scored_at': 'TIMESTAMP'});
CREATE OR REPLACE VIEW web_event AS
  SELECT * FROM read_json('data/web_events.jsonl', format = 'newline_delimited', columns = {'customer_id': 'BIGINT', 'page': 'VARCHAR', 'ts': 'TIMESTAMP'});
CREATE OR REPLACE VIEW journey AS
  SELECT * FROM read_csv('data/journeys.csv', header = true, columns = {'customer_id': 'BIGINT', 'name': 'VARCHAR', 'began_on': 'DATE', 'ended_on': 'DATE'});
