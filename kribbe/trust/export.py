"""Everything that the database holds of one household, as one file that a family can take along.

Each room says in its AppConfig.ready which of its tables hold something of a household, and how they are found:
`export("enrolment.Offer", "preference__request__household")`. A test walks the catalogue of models: a table that
leads to a household and isn't named here fails it.
"""

import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from psycopg.types.range import Range

from kribbe.trust import files
from kribbe.trust.models import StoredFile

Find = Callable[[int], Q]
Add = Callable[[list[Any]], Mapping[int, Mapping[str, Any]]]
"""From the rows of a table: by their keys, what is told beside the columns."""


@dataclass(frozen=True, slots=True)
class Part:
    """A table, how a household's rows are found in it, and the columns that aren't told (secrets, others' data).

    Where `personal` is given, a row is one adult's alone: it finds those of an account.
    """

    label: str
    find: Find
    but: frozenset[str]
    add: Add | None = None
    personal: Find | None = None


_parts: dict[str, Part] = {}


def export(
    label: str,
    path: str | Find,
    *,
    but: tuple[str, ...] = (),
    add: Add | None = None,
    personal: Find | None = None,
) -> None:
    """Have the rows of a table in every family's file. `path` leads to the household, or gives the condition."""
    find = path if callable(path) else lambda household_id: Q(**{path: household_id})
    _parts[label.lower()] = Part(label, find, frozenset(but), add, personal)


def parts() -> Mapping[str, Part]:
    """The tables that are told, by model in lower case."""
    return _parts


def rows_of(household_id: int, *, reader: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """The household's rows by table, the tables in the order of their names.

    With an account as `reader`, those that are another adult's alone stay out.
    """
    return {part.label: _table(part, household_id, reader) for _label, part in sorted(_parts.items())}


def archive(household_id: int, *, reading: str, reader: int | None = None) -> bytes:
    """A ZIP of the rows (data.json), the files that the family sent, and a text that says what is what."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("README.txt", reading)
        text = json.dumps(rows_of(household_id, reader=reader), cls=_Encoder, ensure_ascii=False, indent=2)
        made.writestr("data.json", text)
        for row in StoredFile.objects.filter(space=space_of(household_id), held_until=None).order_by("pk"):
            for name in files.names(row):
                made.write(files.folder(row.key) / name, f"files/{row.pk}-{name}")
    return out.getvalue()


def space_of(household_id: int) -> str:
    """The space in which a household's files stand."""
    return f"household:{household_id}"


def _rows(part: Part, household_id: int, reader: int | None) -> models.QuerySet[Any]:
    manager: models.Manager[Any] = apps.get_model(part.label)._default_manager
    own = part.personal(reader) if part.personal and reader is not None else Q()
    found = manager.filter(part.find(household_id)).filter(own).values("pk")
    return manager.filter(pk__in=found).order_by("pk")


def _table(part: Part, household_id: int, reader: int | None) -> list[dict[str, Any]]:
    rows = list(_rows(part, household_id, reader))
    more = part.add(rows) if part.add else {}
    return [{**_told(row, part), **more.get(row.pk, {})} for row in rows]


def _told(row: models.Model, part: Part) -> dict[str, Any]:
    return {
        field.name: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in part.but and not field.generated
    }


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        """A period as its first day and the day after its last."""
        return {"from": o.lower, "to": o.upper} if isinstance(o, Range) else super().default(o)
