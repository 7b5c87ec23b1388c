-- What:  facts of those who were members on their day, and, where that matters, not known to be too young.
-- Grain: that of `facts`, which is filled in, as are `told` and `of_age`.
(
    SELECT f.*
    FROM {facts} AS f
    JOIN facts_people AS p USING (customer_id)
    WHERE has_contact AND {told} AND NOT ({of_age} AND coalesce(birth_told_on <= day AND day < of_age_on, false))
)
