-- What:   how many messages fit a filter.
-- Grain:  one row.
-- Params: q, category, reference, request, as in `messages`.
-- Why:    paging says how many there are.
SELECT COUNT(*) AS messages
FROM message AS m JOIN request AS r ON r.id = m.request_id
WHERE (:q IS NULL OR m.address LIKE :q ESCAPE '\' OR m.subject LIKE :q ESCAPE '\')
  AND (:category IS NULL OR EXISTS (SELECT 1 FROM json_each(r.categories) AS c WHERE c.value = :category))
  AND (:reference IS NULL OR m.reference = :reference)
  AND (:request IS NULL OR r.provider_id = :request)
