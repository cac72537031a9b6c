"""Asking keys of a row, in PostgreSQL's own words."""

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Lookup


@SearchVectorField.register_lookup
class Holds(Lookup[str]):
    """`keys__holds="'n.peet':* & 'b.2026-05-01'"`: the text is a query of its own, not words to be parsed."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", (*left_params, self.rhs)
