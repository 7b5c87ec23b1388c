-- What:   restorations, and the days of each that were planned again since.
-- Grain:  one row per restoration and such a day, day NULL where there is none; by generation.
SELECT s.generation, s.from_day, s.to_day, r.day
FROM restoration s
LEFT JOIN run r ON r.day BETWEEN s.from_day AND s.to_day AND r.generation >= s.generation
                AND r.state = 'enqueued' AND NOT r.is_test
GROUP BY s.generation, s.from_day, s.to_day, r.day
ORDER BY s.generation, r.day
