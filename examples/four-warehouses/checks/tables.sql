-- The tables of the warehouses, from the files of which they are filled. The other files of this folder are one SELECT each, written by
-- hand from the question and not from the segment's YAML; each answers as of 2026-07-01 04:00 UTC, which is 06:00 in Berlin.
CREATE OR REPLACE VIEW profile AS
  SELECT * FROM read_csv('database/PROFILE.csv', header = true, columns = {'id': 'BIGINT', 'country': 'VARCHAR', 'plan': 'VARCHAR', 'opted_in': 'BOOLEAN', 'signed_up': 'DATE', 'lifetime_value': 'DECIMAL(10,2)'});
CREATE OR REPLACE VIEW event AS
  SELECT * FROM read_csv('database/events.csv', header = true, columns = {'id': 'BIGINT', 'profile_id': 'BIGINT', 'kind': 'VARCHAR', 'happened_at': 'TIMESTAMP'});
CREATE OR REPLACE VIEW score AS
  SELECT * FROM read_csv('database/scores.csv', header = true, columns = {'id': 'BIGINT', 'profile_id': 'BIGINT', 'model': 'VARCHAR', 'score': 'DECIMAL(5,4)', 'scored_at': 'TIMESTAMP'});
CREATE OR REPLACE VIEW service_case AS
  SELECT * FROM read_csv('database/service_case.csv', header = true, columns = {'id': 'BIGINT', 'profile_id': 'BIGINT', 'priority': 'VARCHAR', 'opened_on': 'DATE', 'closed_on': 'DATE'});
-- The large tables are queries.
SET VARIABLE contact = (SELECT content FROM read_text('database/contact.sql'));
CREATE OR REPLACE TABLE contact AS FROM query(getvariable('contact'));
SET VARIABLE affinity = (SELECT content FROM read_text('database/affinity.sql'));
CREATE OR REPLACE TABLE affinity AS FROM query(getvariable('affinity'));
