-- Fourteen days before 1 July in New York is 17 June 04:00 UTC.
WITH latest AS (
  SELECT * FROM score WHERE model = 'churn_v4' AND scored_at IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY scored_at DESC, id DESC) = 1
),
leaving AS (
  SELECT customer_id FROM web_event
  WHERE page LIKE '/cancel%' AND ts >= TIMESTAMP '2026-06-17 04:00:00' AND ts < TIMESTAMP '2026-07-01 10:00:00'
  GROUP BY customer_id HAVING count(*) >= 2
)
SELECT c.id
FROM customer AS c JOIN latest ON latest.customer_id = c.id
WHERE c.status = 'active' AND latest.score >= 0.70
  AND (c.id IN (FROM leaving) OR EXISTS (FROM service_case AS s WHERE s.customer_id = c.id AND s.priority IN ('P1', 'P2') AND s.opened_on > c.renewal_date))
  AND NOT EXISTS (FROM service_case AS s WHERE s.customer_id = c.id AND s.disposition = 'do_not_contact')
  AND NOT EXISTS (FROM journey AS j WHERE j.customer_id = c.id AND j.name = 'save' AND j.ended_on IS NULL)
ORDER BY c.id;
