-- What:  what `tiers` of program.yaml says, as macros; ranks are places of levels, counted from 1.
-- Grain: macros.   Params: all is filled in.
-- Why:   a window, a term and a fall each have several forms; the queries that walk through a customer's life
--        know none of them. A month's or year's end that does not exist is the last day of its month.
CREATE OR REPLACE TEMP MACRO rank_reached(total) AS {reached};
CREATE OR REPLACE TEMP MACRO rank_kept(total) AS {kept};
CREATE OR REPLACE TEMP MACRO rank_after_term(held, enough_for) AS {after_term};
CREATE OR REPLACE TEMP MACRO leaves_window_on(on_day) AS {leaves};
CREATE OR REPLACE TEMP MACRO decided_on(ends_on) AS {decided};
CREATE OR REPLACE TEMP MACRO is_in_window(on_day, at_day) AS {in_window};
CREATE OR REPLACE TEMP MACRO is_in_last_window(on_day, ends_on) AS {in_last_window};
CREATE OR REPLACE TEMP MACRO term_end(start_on) AS {term_end};
CREATE OR REPLACE TEMP MACRO period_of(on_day) AS {period};
