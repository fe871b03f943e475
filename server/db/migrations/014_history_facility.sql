-- What a facility sees of history: without it, whoever sees little makes a page of the city's history read all of it.
create index history_facility on history (facility, type) where facility <> 0;
