-- What:  the state of an account after one grant was given as often as it can be.
-- Grain: an expression over the state `before`, which is filled in, as are `number`, `cost`, `due` and `left`.
-- Why:   lists of one element give a name to what stands in them, so that it is worked out once.
list_transform(
    list_transform(
        [{before}],
        lambda s: struct_pack(
            s := s,
            n := CASE WHEN {due} THEN greatest(0, least({left}, (s.come - s.gone) // {cost})) ELSE 0 END::BIGINT
        )
    ),
    lambda t: struct_pack(
        day := t.s.day, may := t.s.may, gained := 0, lost := 0, used := 0, reach := 0, come := t.s.come,
        gone := t.s.gone + t.n * {cost},
        bought := CASE WHEN t.n > 0
                       THEN list_append(t.s.bought, struct_pack(number := {number}, day := t.s.day, times := t.n))
                       ELSE t.s.bought END
    )
)[1]
