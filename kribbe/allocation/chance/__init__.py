"""How likely an offer is: many futures of one list, played out in the published order and by half-days.

`scene` holds what is known at a moment and what the past was like, `futures` plays, `judge` sums up, `score` compares
what was foreseen with what happened. Pure and numerical: no Django, no clock, no database; the same scene and seed
give the same answer.
"""
