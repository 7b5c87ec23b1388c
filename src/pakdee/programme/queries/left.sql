-- What:  how often a cap still lets a grant be given.   Grain: an expression over the state `s`.
{most} - coalesce(
    list_sum(list_transform(list_filter(s.bought, lambda x: {same}), lambda x: x.times)), 0
)
