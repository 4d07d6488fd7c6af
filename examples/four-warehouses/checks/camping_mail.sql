SELECT DISTINCT p.id
FROM profile AS p JOIN affinity AS a ON a.profile_id = p.id
WHERE p.country IN ('DE', 'AT', 'CH') AND p.opted_in AND a.category IN ('tents', 'boots') AND a.liking >= 0.9
ORDER BY p.id;
