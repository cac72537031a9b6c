"""Carrying out an import of official figures, and taking it back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.places.importing.files import Table
from kribbe.places.importing.official.plan import Counted, FigureMap, FigurePlan, plan
from kribbe.region.models import (
    Municipality,
    OfficialFigure,
    OfficialFigureChange,
    OfficialFigureRun,
)
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


@dataclass(frozen=True)
class Done:
    """What an import did; `run` None where there was nothing to change."""

    plan: FigurePlan
    run: OfficialFigureRun | None


def import_figures(
    *, principal: Principal, table: Table, mapping: FigureMap, file_name: str, file_hash: str, now: datetime
) -> Done:
    """Bring official figures up to date. The same file twice changes nothing; what it doesn't hold stays."""
    with transaction.atomic():
        _lock_municipalities()
        made = plan(table, mapping)
        if not (made.created or made.updated):
            return Done(made, None)
        run = OfficialFigureRun.objects.create(
            file_name=file_name[:200],
            file_hash=file_hash,
            source=mapping.source,
            at=now,
            by=principal.user_id,
            totals=made.totals(),
        )
        _write(made, run)
        audit.record(principal=principal, action="figures.import", subject=run, now=now, totals=made.totals())
    return Done(made, run)


def undo_figures(*, principal: Principal, run_id: int, now: datetime) -> int:
    """Give every figure of an import its earlier value; how many. RefusedError where a later import changed one."""
    with transaction.atomic():
        _lock_municipalities()
        run = OfficialFigureRun.objects.filter(pk=run_id).first()
        if run is None:
            raise RefusedError(_("There is no import with this number."), code="unknown")
        if run.undone_at is not None:
            raise RefusedError(_("This import was undone already."), code="undone")
        changes = list(run.changes.all())
        _refuse_changed_since(run, changes)
        _take_back(changes)
        run.undone_at = now
        run.save(update_fields=["undone_at"])
        audit.record(
            principal=principal, action="figures.import_undo", subject=run, now=now, count=len(changes)
        )
    return len(changes)


def _lock_municipalities() -> None:
    """Imports wait for each other."""
    first = Municipality.objects.order_by("pk").values_list("pk", flat=True).first()
    if first is not None:
        lock_rows((Municipality, first))


def _write(made: FigurePlan, run: OfficialFigureRun) -> None:
    told: dict[str, Any] = {"source": run.source, "imported_at": run.at}
    created = OfficialFigure.objects.bulk_create(
        OfficialFigure(
            municipality_id=municipality,
            year=year,
            quarter=quarter,
            licence_kind=licence_kind,
            price_kind=price_kind,
            places=found.places,
            locations=found.locations,
            **told,
        )
        for (municipality, year, quarter, licence_kind, price_kind), found in made.created.items()
    )
    changes = [_change(run, figure, None) for figure in created]
    for figure, found in made.updated.values():
        before = _kept(figure)
        _set(figure, found, **told)
        changes.append(_change(run, figure, before))
    OfficialFigure.objects.bulk_update(
        [figure for figure, _found in made.updated.values()], WRITTEN, batch_size=500
    )
    OfficialFigureChange.objects.bulk_create(changes, batch_size=2000)


WRITTEN = ("places", "locations", "source", "imported_at")


def _set(figure: OfficialFigure, found: Counted, *, source: str, imported_at: datetime) -> None:
    figure.places, figure.locations = found.places, found.locations
    figure.source, figure.imported_at = source, imported_at


def _kept(figure: OfficialFigure) -> dict[str, Any]:
    return {
        "places": figure.places,
        "locations": figure.locations,
        "source": figure.source,
        "imported_at": figure.imported_at.isoformat(),
    }


def _change(
    run: OfficialFigureRun, figure: OfficialFigure, before: dict[str, Any] | None
) -> OfficialFigureChange:
    return OfficialFigureChange(run=run, figure_id=figure.pk, before=before, after=_kept(figure))


def _refuse_changed_since(run: OfficialFigureRun, changes: list[OfficialFigureChange]) -> None:
    later = OfficialFigureChange.objects.filter(
        run__pk__gt=run.pk, run__undone_at=None, figure_id__in=[change.figure_id for change in changes]
    )
    newest = later.order_by("-run_id").values_list("run_id", flat=True).first()
    if newest is not None:
        message = _("Import %(run)s changed these figures since: undo that one first.") % {"run": newest}
        raise RefusedError(message, code="changed_since")


def _take_back(changes: list[OfficialFigureChange]) -> None:
    OfficialFigure.objects.filter(pk__in=[each.figure_id for each in changes if each.before is None]).delete()
    earlier = {each.figure_id: each.before for each in changes if each.before is not None}
    figures = list(OfficialFigure.objects.filter(pk__in=earlier))
    for figure in figures:
        before = earlier[figure.pk]
        found = Counted(before["places"], before["locations"])
        _set(
            figure,
            found,
            source=before["source"],
            imported_at=datetime.fromisoformat(before["imported_at"]),
        )
    OfficialFigure.objects.bulk_update(figures, WRITTEN, batch_size=500)
