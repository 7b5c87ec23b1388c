-- What:   mails that customers clicked in, and when they last did.
-- Grain:  one row per customer with a click that no machine made.
-- Params: since, before (instants, microseconds; `before` left out), seconds, burst (microseconds), links
-- Why:    the rule by which figures tell machines: flagged by the provider, within `seconds` of delivery, or one of
--         `links` different links within `burst`. Events are sought attempt by attempt, where they lie together; a
--         message may have moved to another batch of its family since. Those that name no attempt, or one of a lost
--         journal, are sought by message: of the first kind there are few, but if there is one all messages are read. What was learned later was not known then.
WITH family AS (
    SELECT t.id AS attempt_id, f.id AS batch_id
    FROM attempt t JOIN batch b ON b.id = t.batch_id JOIN batch f ON f.root_id = b.root_id
    WHERE NOT b.is_test
),
unnamed AS MATERIALIZED (
    SELECT message_id, occurred_at, url, is_machine
    FROM engagement_event
    WHERE attempt_id = '' AND kind = 'clicked' AND occurred_at < :before AND recorded_at < :before
),
seen AS MATERIALIZED (
    SELECT customer_id, message_id, occurred_at, url, max(flagged) AS flagged
    FROM (
        SELECT m.customer_id, e.message_id, e.occurred_at, coalesce(e.url, '') AS url,
               CASE WHEN e.is_machine THEN 1 ELSE 0 END AS flagged
        FROM family f
        JOIN engagement_event e ON e.attempt_id = f.attempt_id AND e.kind = 'clicked'
        JOIN message m ON m.batch_id = f.batch_id AND m.message_id = e.message_id
        WHERE e.occurred_at < :before AND e.recorded_at < :before
        UNION ALL
        SELECT m.customer_id, e.message_id, e.occurred_at, coalesce(e.url, ''),
               CASE WHEN e.is_machine THEN 1 ELSE 0 END
        FROM (SELECT 1 WHERE EXISTS (SELECT 1 FROM unnamed)) AS any_at_all
        CROSS JOIN message m CROSS JOIN unnamed e
        WHERE e.message_id = m.message_id AND NOT m.is_test
        UNION ALL
        SELECT m.customer_id, e.message_id, e.occurred_at, coalesce(e.url, ''),
               CASE WHEN e.is_machine THEN 1 ELSE 0 END
        FROM batch b CROSS JOIN message m CROSS JOIN engagement_event e
        WHERE m.batch_id = b.id AND e.message_id = m.message_id AND e.kind = 'clicked'
          AND b.is_restored AND NOT b.is_test
          AND e.occurred_at < :before AND e.recorded_at < :before
    ) AS clicked
    GROUP BY customer_id, message_id, occurred_at, url
),
arrived AS MATERIALIZED (
    SELECT e.message_id, min(e.occurred_at) AS arrived_at
    FROM (SELECT DISTINCT message_id FROM seen) s JOIN engagement_event e ON e.message_id = s.message_id
    WHERE e.kind = 'delivered' AND e.recorded_at < :before
    GROUP BY e.message_id
),
crowded AS MATERIALIZED (
    SELECT a.message_id, a.occurred_at AS starts_at
    FROM (SELECT message_id FROM seen GROUP BY message_id HAVING count(DISTINCT url) >= :links) s
    JOIN seen a ON a.message_id = s.message_id
    JOIN seen c ON c.message_id = a.message_id AND c.occurred_at BETWEEN a.occurred_at AND a.occurred_at + :burst
    GROUP BY a.message_id, a.occurred_at
    HAVING count(DISTINCT c.url) >= :links
),
human AS (
    SELECT s.customer_id, s.message_id, max(s.occurred_at) AS last_at
    FROM seen s LEFT JOIN arrived d ON d.message_id = s.message_id
    WHERE s.flagged = 0
      AND (d.arrived_at IS NULL OR abs(s.occurred_at - d.arrived_at) >= :seconds)
      AND NOT EXISTS (
          SELECT 1 FROM crowded c
          WHERE c.message_id = s.message_id
            AND s.occurred_at BETWEEN c.starts_at AND c.starts_at + :burst
      )
    GROUP BY s.customer_id, s.message_id
)
SELECT customer_id, count(CASE WHEN last_at >= :since THEN 1 END) AS messages, max(last_at) AS last_at
FROM human
GROUP BY customer_id
ORDER BY customer_id
