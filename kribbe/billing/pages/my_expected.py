"""What this month may cost: an estimate for parents before there is an invoice."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from kribbe.billing.selectors.expected import Expected, books_of, expected
from kribbe.billing.words import charge_words, supplement_words
from kribbe.people.access import parent_required, refusal
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.money import cents
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Scope
from kribbe.web.templatetags.telling import amount, quantity
from kribbe.web.words import say


@require_GET
@parent_required
def my_expected(request: Any) -> HttpResponse:
    """This month, or the next one, of each child at one organiser; where there are several, one is chosen."""
    households = scope_ids(request.principal, Action.INVOICE_READ, Scope.HOUSEHOLD)
    if not households:
        raise refusal(request.principal)
    this = first_of_month(localdate())
    month = add_months(this, 1) if request.GET.get("month") == "next" else this
    kept = books_of(households, this, add_months(this, 2))
    books = next(
        (each for each in kept if each.reference == request.GET.get("at")), kept[0] if kept else None
    )
    rows = expected(books, month, households) if books else []
    return render(
        request,
        "billing/my_expected.html",
        {
            "month": month,
            "is_next": month != this,
            "books": books,
            "others": [each for each in kept if each != books],
            "rows": [_row(each) for each in rows],
        },
    )


def _row(each: Expected) -> dict[str, Any]:
    total = each.result.total
    return {
        "child": each.placement.child,
        "location": each.placement.group.location,
        "total": amount(total),
        "own": amount(cents(total * each.percent / 100)),
        "is_shared": each.percent != 100,
        "supplement": supplement_words(each.placement.child, each.supplement) if each.supplement else "",
        "kinds": [(charge_words(what), quantity(count), amount(euros)) for what, count, euros in each.kinds],
        "lines": [
            (line.on, charge_words(line.what), amount(line.amount), " ".join(map(say, line.why)))
            for line in each.result.lines
        ],
        "held": [(held.on, " ".join(map(say, held.why))) for held in each.result.held],
    }
