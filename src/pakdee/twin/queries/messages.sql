-- What:   messages for lists, newest first.
-- Grain:  one row per message.
-- Params: q (LIKE pattern over address and subject, or an exact reference), category, reference, request,
--         each null when not asked for; limit, offset.
-- Why:    the same filter counts in `messages_found`.
SELECT m.id, m.address, m.subject, m.reference, m.position, m.send_at,
    r.provider_id, r.received_at, r.batch_id, r.categories
FROM message AS m JOIN request AS r ON r.id = m.request_id
WHERE (:q IS NULL OR m.address LIKE :q ESCAPE '\' OR m.subject LIKE :q ESCAPE '\')
  AND (:category IS NULL OR EXISTS (SELECT 1 FROM json_each(r.categories) AS c WHERE c.value = :category))
  AND (:reference IS NULL OR m.reference = :reference)
  AND (:request IS NULL OR r.provider_id = :request)
ORDER BY m.id DESC LIMIT :limit OFFSET :offset
