"""Strings of bits, as the search reads them."""

from django.db import models


class BitField(models.Field[str, str]):
    """A fixed string of bits, as PostgreSQL's `bit(n)`."""

    def __init__(self, *args: object, length: int, **kwargs: object) -> None:
        self.length = length
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def deconstruct(self) -> tuple[str, str, list[object], dict[str, object]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, list(args), {**kwargs, "length": self.length}

    def db_type(self, connection: object) -> str:
        return f"bit({self.length})"
