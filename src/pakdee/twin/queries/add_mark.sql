-- What:   a batch id is paused or cancelled from now on.
-- Grain:  one row per span.
-- Params: batch_id, status, since, now (unix seconds).
-- Why:    nothing is overwritten, so that what became of a mail can be told later.
INSERT INTO mark (batch_id, status, since, set_at) VALUES (:batch_id, :status, :since, :now)
