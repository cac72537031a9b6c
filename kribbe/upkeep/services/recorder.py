"""Writing down every row that a merge touches, as text, so that an undo restores it exactly."""

from typing import Any, cast

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from kribbe.trust.errors import RefusedError
from kribbe.upkeep.models import Merge, MergeChange

Values = dict[str, str | None]


class Recorder:
    """Changes, makes and removes rows for one merge, and keeps what they were."""

    def __init__(self, merge: Merge) -> None:
        self.merge = merge
        self.count = 0

    def change(self, row: models.Model, **values: Any) -> None:
        """Give these columns (by attribute name) another value."""
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not changed:
            return
        before = written(row, list(changed))
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=[_field(type(row), name).name for name in changed])
        self._keep(row, before, written(row, list(changed)))

    def make(self, row: models.Model) -> None:
        """Add a row."""
        row.save(force_insert=True)
        self._keep(row, None, written(row))

    def remove(self, row: models.Model) -> None:
        """Delete a row to which no other refers."""
        before, key = written(row), row.pk
        row.delete()
        row.pk = key
        self._keep(row, before, None)

    def point(
        self, *, old: models.Model, to: models.Model, but: tuple[type[models.Model], ...]
    ) -> list[models.Model]:
        """Let every row that refers to `old` refer to `to`, in whatever table. Returns those that can't.

        Rows whose key is `old` itself are made from it, not about it: they stay, and are made anew.
        """
        stay: list[models.Model] = []
        for relation in old._meta.related_objects:
            model, column = relation.related_model, cast("Any", relation.field)
            if model in but or column.primary_key or not column.db_constraint:
                continue
            rows = model._default_manager.filter(**{column.name: old}).order_by("pk")
            stay += [row for row in rows if not self._pointed(row, column.attname, to)]
        return stay

    def _pointed(self, row: models.Model, column: str, to: models.Model) -> bool:
        try:
            with transaction.atomic():
                self.change(row, **{column: to.pk})
        except IntegrityError:
            row.refresh_from_db()
            return False
        return True

    def _keep(self, row: models.Model, before: Values | None, after: Values | None) -> None:
        MergeChange.objects.create(
            merge=self.merge,
            position=self.count,
            model=row._meta.label_lower,
            row=row.pk,
            before=before,
            after=after,
        )
        self.count += 1


def restore(change: MergeChange) -> None:
    """Give one row back what it was. RefusedError where somebody changed it since."""
    model = apps.get_model(change.model)
    row = model._default_manager.filter(pk=change.row).first()
    if change.after is None:
        model(**{"pk": change.row, **_read(model, change.before or {})}).save(force_insert=True)
        return
    if row is None or written(row, list(change.after)) != change.after:
        raise RefusedError(
            _("Something of this was changed since: %(what)s. Undo that first.")
            % {"what": model._meta.verbose_name},
            code="changed_since",
        )
    if change.before is None:
        row.delete()
        return
    values = _read(model, change.before)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[_field(model, name).name for name in values])


def written(row: models.Model, names: list[str] | None = None) -> Values:
    """Columns of a row as text, by attribute name; all of them, but for the key, if none is named."""
    fields = [_field(type(row), name) for name in names] if names is not None else _columns(type(row))
    return {field.attname: _text(field, row) for field in fields}


def _columns(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.generated and not field.primary_key]


def _text(field: Any, row: models.Model) -> str | None:
    return None if field.value_from_object(row) is None else str(field.value_to_string(row))


def _read(model: type[models.Model], values: Values) -> dict[str, Any]:
    return {
        name: None if text is None else _field(model, name).to_python(text) for name, text in values.items()
    }


def _field(model: type[models.Model], attname: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == attname)
