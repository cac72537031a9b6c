"""Who cares: carers with their contracts and absences, the roster per half-hour, and what it lacks."""
