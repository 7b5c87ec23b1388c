-- What:  the products picked for a customer, best first.
-- Grain: one row per customer from the first to the last one.   Params: first, last (variables, customer ids), day.
-- Why:   what a customer had is nothing new to them, and what came back is not told of at all. Of the 50 best of
--        a category each is a bit, so that what a customer had of them is one number, and so is the turn of
--        each product they buy: most pieces first, then the latest, then the product itself at its end. Who
--        has nothing to be shown has an empty list: a loop writes nothing, where unknown would be an error.
CREATE TEMP MACRO lowest_bit(bits) AS bits & -bits;

CREATE TEMP VIEW favourites AS
WITH liked AS (
    SELECT customer_id, top_category
    FROM shop_customers
    LEFT JOIN (FROM category_sums
               WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
    WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
),
had AS (
    SELECT customer_id,
           bit_or(1::BIGINT << (place - 1)) FILTER (place <= 50 AND category = top_category) AS known,
           min((999_999 - least(pieces, 999_999)::BIGINT) * 10_000_000_000
               + (getvariable('day') - last_on) * 10_000_000 + number, 3)
               FILTER (pieces > 0 AND NOT came_back) AS turns
    FROM (FROM goods_had WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
    JOIN goods USING (number)
    JOIN liked USING (customer_id)
    GROUP BY customer_id
),
first_new AS (
    SELECT customer_id, numbers, turns, lowest_bit(unknown) AS one, unknown - lowest_bit(unknown) AS others
    FROM (SELECT customer_id, numbers, turns,
                 ((1::BIGINT << len(numbers)) - 1) & ~coalesce(known, 0) AS unknown
          FROM liked
          LEFT JOIN had USING (customer_id)
          LEFT JOIN best_goods ON category = top_category)
),
picked AS (
    SELECT customer_id, list_filter([
               numbers[bit_count(one - 1) + 1],
               numbers[bit_count(lowest_bit(others) - 1) + 1],
               numbers[bit_count(lowest_bit(others - lowest_bit(others)) - 1) + 1],
               (turns[1] % 10_000_000)::INTEGER, (turns[2] % 10_000_000)::INTEGER, (turns[3] % 10_000_000)::INTEGER
           ], lambda number: number IS NOT NULL) AS numbers
    FROM first_new
),
goods_shown AS (
    SELECT number, {'title': title, 'price': price, 'category': category} AS shown
    FROM goods
)
SELECT customer_id, list_filter([a.shown, b.shown, c.shown], lambda shown: shown IS NOT NULL) AS favourites
FROM picked
LEFT JOIN goods_shown AS a ON a.number = numbers[1]
LEFT JOIN goods_shown AS b ON b.number = numbers[2]
LEFT JOIN goods_shown AS c ON c.number = numbers[3];
