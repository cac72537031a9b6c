"""Planning: agreements that came of placements, who comes on a day, absences, carers, and how full a place is."""
