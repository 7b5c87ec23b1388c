-- What:   the last instant of which the journal knows that something was planned or sent.
-- Grain:  one row.
SELECT MAX(at) AS at FROM (
    SELECT created_at AS at FROM meta
    UNION ALL SELECT MAX(started_at) FROM run
    UNION ALL SELECT MAX(finished_at) FROM run
    UNION ALL SELECT MAX(claimed_at) FROM attempt
    UNION ALL SELECT MAX(ended_at) FROM attempt) AS changes
