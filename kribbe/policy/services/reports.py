"""Fixing a yearly report: what it says then is kept, and never changes."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.policy.models import YearlyReport
from kribbe.policy.reporting import document
from kribbe.policy.selectors.report import content, reports, same_numbers
from kribbe.policy.territory import Territory
from kribbe.region.branding import brand_of
from kribbe.region.models import Desk, Region
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

LANGUAGE = "nl"
"""The language of the authority, in which the document is made."""


@transaction.atomic
def fix_report(
    *, principal: Principal, territory: Territory, desk: Desk, year: int, now: datetime
) -> YearlyReport:
    """Keep the report of a year as its next version, with its documents in the desk's face.

    Raises RefusedError for a year to come, and where the last version says the same.
    """
    if year > localtime(now).year:
        raise RefusedError(_("This year has yet to begin."), field="year")
    lock_rows((Region, territory.region_id))
    kept = content(territory, year=year, now=now)
    last = next((each for each in reports(territory) if each.year == year), None)
    if last is not None and same_numbers(last.content, kept):
        raise RefusedError(
            _("Nothing changed since version %(version)d, so there is nothing new to fix.")
            % {"version": last.version}
        )
    version = last.version + 1 if last else 1
    made = {
        exact: document(kept, version=version, exact=exact, brand=brand_of(desk), language=LANGUAGE)
        for exact in (False, True)
    }
    report = YearlyReport.objects.create(
        region_id=territory.region_id,
        desk_id=territory.desk_id,
        year=year,
        version=version,
        fixed_at=now,
        fixed_by=principal.user_id,
        fixed_by_name=principal.name,
        content=kept,
        pdf=made[False],
        pdf_exact=made[True],
    )
    audit.record(
        principal=principal,
        action="report.fix",
        subject=report,
        now=now,
        desk_id=desk.pk,
        year=year,
        version=version,
    )
    return report
