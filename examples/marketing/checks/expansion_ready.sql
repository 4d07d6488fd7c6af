WITH RECURSIVE below(top, id, level) AS (
  SELECT id, id, 0 FROM account
  UNION
  SELECT below.top, a.id, level + 1 FROM below JOIN account AS a ON a.parent_id = below.id WHERE level < 8
),
family AS (SELECT DISTINCT top, id FROM below),
active AS (SELECT account_id, count(*) AS people, count_if(trained) AS trained FROM users WHERE status = 'active' GROUP BY account_id),
talks AS (
  SELECT family.top AS account_id, sum(o.amount) AS amount
  FROM family JOIN opportunity AS o ON o.account_id = family.id
  WHERE o.stage NOT IN ('lost', 'won')
  GROUP BY family.top
)
SELECT account_id
FROM active JOIN talks USING (account_id)
WHERE people >= 5 AND trained = people AND amount >= 1000000 AND account_id IN (SELECT id FROM account)
ORDER BY account_id;
