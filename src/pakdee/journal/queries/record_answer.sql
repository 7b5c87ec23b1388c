-- What:   a reader's answer; a corrected one takes its place, a repeated one leaves it and its time as they are.
-- Grain:  one row per message and question.
-- Params: message, kind, customer, campaign, score, comment, at
INSERT INTO answer (message_id, kind, customer_id, campaign, score, comment, answered_at)
VALUES (:message, :kind, :customer, :campaign, :score, :comment, :at)
ON CONFLICT (message_id, kind) DO UPDATE SET
    score = excluded.score, comment = excluded.comment, answered_at = excluded.answered_at
WHERE answer.score <> excluded.score OR coalesce(answer.comment, '') <> coalesce(excluded.comment, '')
