-- What:   the row of a claim, written with it.
-- Params: attempt, batch, fence, worker, now
INSERT INTO attempt (id, batch_id, fence, worker, claimed_at) VALUES (:attempt, :batch, :fence, :worker, :now)
