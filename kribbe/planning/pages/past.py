"""What a change of an agreement does to days that are over, told before it is signed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import stay_from
from kribbe.planning.models import Paper
from kribbe.planning.selectors.agreements import agreement_for
from kribbe.planning.selectors.bill_prices import Agreed, MonthGain, billed_months
from kribbe.planning.services.check import half_days
from kribbe.planning.services.papers import first_day_of
from kribbe.planning.services.terms import Terms, with_terms
from kribbe.planning.written import to_json
from kribbe.web.templatetags.telling import amount, month_name
from kribbe.web.weeks import join_words


def told_of_past(
    placement: Placement, terms: Terms, *, today: date, is_first: bool, day_fee: Decimal | None = None
) -> list[str]:
    """The sentences of a warning: which days stay, which invoiced months change and by how much; none without any."""
    agreement = agreement_for(placement)
    other_fee = day_fee if agreement is not None and day_fee != agreement.day_fee else None
    is_past = terms.first <= today
    holds = _holds_from(placement, terms, today=today, is_first=is_first)
    told = []
    if is_past and holds > today:
        told.append(
            _(
                "Days up to today keep their half-days: what is other holds from the day after the family signs."
            )
        )
    elif is_past:
        told.append(_("What the register says of the days since the first one stays as it was noted."))
    if other_fee is None and not (is_past and holds <= today):
        return told
    since = placement.during.lower if other_fee is not None else terms.first
    laid = Agreed(
        placement_ids={each.pk for each in stay_from(placement)},
        weeks=with_terms(placement, replace(terms, first=max(terms.first, holds))),
        day_fee=other_fee,
    )
    return [*told, *_of_months(billed_months(placement, laid, since))]


def _holds_from(placement: Placement, terms: Terms, *, today: date, is_first: bool) -> date:
    """From when these terms would hold if the family signs today."""
    pattern = placement.pattern if terms.schedule else half_days(placement, terms.weeks).mask
    paper = Paper(
        first=terms.first,
        last=terms.last,
        weeks=to_json(terms.weeks),
        pattern=pattern,
        is_addendum=not is_first,
        schedule={} if terms.schedule else None,
    )
    return first_day_of(paper, placement, today)


def _of_months(found: Sequence[MonthGain] | None) -> list[str]:
    if found is None:
        return [_("Did you invoice days since then? What changes for them you set right in your own books.")]
    if not found:
        return [_("No month that is invoiced changes by it.")]
    return [
        _("Months that are invoiced change: %(months)s. The next run asks or gives back the difference.")
        % {"months": join_words([_of_month(each) for each in found])}
    ]


def _of_month(each: MonthGain) -> str:
    month = month_name(each.month)
    if each.more is None:
        return _("%(month)s (the amount isn't known yet)") % {"month": month}
    said = {"month": month, "amount": amount(abs(each.more))}
    return (_("%(month)s (%(amount)s more)") if each.more > 0 else _("%(month)s (%(amount)s less)")) % said
