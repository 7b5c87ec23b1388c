-- What:  the state of an account on the next day on which something moved it, before anything is bought.
-- Grain: an expression over `b`, the state so far, and `e`, what moved it.
-- Why:   what has run out lies behind, whether it was used or not; then comes what was used that day.
struct_pack(
    day := e.day, may := e.may, gained := 0, lost := 0, used := 0, reach := 0,
    come := b.come + e.gained - e.lost, gone := greatest(b.gone, e.reach) + e.used, bought := b.bought
)
