"""Help with the fee certificate: what to bring, an estimate by income, and a sheet for the parent."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.region.branding import brand_of
from kribbe.region.http import DeskRequest
from kribbe.region.selectors import policy_on
from kribbe.rules.income_fee import Estimate, beside, estimate, monthly, yearly
from kribbe.rules.packs import FigureMissing, load_pack
from kribbe.rules.reasons import Reason
from kribbe.trust.permissions import Action
from kribbe.web.documents import pdf
from kribbe.web.templatetags.telling import money
from kribbe.web.words import say

DAYS = 7
BRING = (
    _("The latest Belgian tax bill (aanslagbiljet) of each parent or partner at the address."),
    _("No tax bill? Then the pay slips of last month, or proof of a benefit."),
    _("No income? Then a proof of that."),
    _("Identity cards, and the national number of the child if it is born."),
    _("If something changed: proof of a separation, another child, or less income."),
)
"""What a family brings; a proposal of a simplified tax return doesn't count."""

STEPS = (
    _("Ask who lives at the address: the income of both partners counts, that of grown-up children doesn't."),
    _("Look at the tax bill: the joint taxable income is the figure to use."),
    _("Ask for the certificate with the family in Mijn Opgroeien, in your own role of the desk."),
    _("Is the income much lower than a year ago, or does a social service help? Ask for the lower fee."),
    _("Say when it must be asked again: when it ends, with another child, or when the household changes."),
)
"""What a clerk does, in order."""

OPEN = (
    _("The amounts of this year aren't known here yet. Those of 2025 are used."),
    _("Two limits of the ladder of 2025 are reckoned from older ones, not read in a source."),
    _("Less for several children, and a lower fee by decision of a social service, aren't reckoned in."),
)
"""What the estimate leaves open."""


class FeeForm(forms.Form):
    """An income as the family tells it; it isn't kept."""

    income = forms.DecimalField(
        label=_("Income in euros"), min_value=0, max_value=10_000_000, decimal_places=2
    )
    per = forms.ChoiceField(
        label=_("Which income?"),
        choices=[
            ("year", _("Joint taxable income of a year, on the tax bill")),
            ("month", _("Gross income of last month, without a tax bill")),
        ],
    )

    def estimate(self, pack: str, on: date) -> tuple[Estimate, tuple[Reason, ...]] | None:
        """The estimate and what the law gives besides; None where the form isn't right or there is no ladder for that
        day.
        """
        if not self.is_bound or not self.is_valid():
            return None
        figures, income = load_pack(pack), Decimal(self.cleaned_data["income"])
        try:
            if self.cleaned_data["per"] == "month":
                income = yearly(income, figures, on)
            return estimate(income, figures, on), beside(income, figures, on)
        except FigureMissing:
            return None


class CostForm(FeeForm):
    """A parent's own estimate: an income, and the days of a week."""

    full = forms.IntegerField(label=_("Full days a week"), min_value=0, max_value=7, initial=3)
    half = forms.IntegerField(label=_("Half days a week"), min_value=0, max_value=7, initial=0)

    def clean(self) -> dict[str, Any]:
        """At least one day, at most seven."""
        found = super().clean() or {}
        days = (found.get("full") or 0) + (found.get("half") or 0)
        if not self.errors and not 0 < days <= DAYS:
            self.add_error("full", _("Fill in one to seven days together."))
        return found


@require_http_methods(["GET", "HEAD", "POST"])
def cost(request: DeskRequest, desk: str) -> HttpResponse:
    """What care may cost by income, for everybody: an estimate that is kept nowhere, and what it leaves open."""
    today = timezone.localdate()
    pack = policy_on(request.desk, today).rule_pack
    form = CostForm(request.POST if request.method == "POST" else None)
    found, more = form.estimate(pack, today) or (None, ())
    month = ""
    if found:
        days = {name: form.cleaned_data[name] for name in ("full", "half")}
        month = money(monthly(found.fee, **days, pack=load_pack(pack), on=today))
    context = {
        "form": form,
        "fee": money(found.fee) if found else "",
        "month": month,
        "sums": [say(reason) for reason in found.sums] if found else [],
        "bring": BRING,
        "open": [*OPEN, *map(say, more)],
        "has_ladder": found is not None or bool(form.errors) or not form.is_bound,
    }
    return render(request, "enrolment/cost.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.DESK_TASKS)
def fee(request: DeskRequest) -> HttpResponse:
    """The checklist, and an estimate of the day fee. What was typed is in nobody's file, and in no address."""
    today = timezone.localdate()
    form = FeeForm(request.POST if request.method == "POST" else None)
    found, more = form.estimate(policy_on(request.desk, today).rule_pack, today) or (None, ())
    if "sheet" in request.GET or "sheet" in request.POST:
        return _sheet(request, found)
    context = {
        "form": form,
        "fee": money(found.fee) if found else "",
        "sums": [say(reason) for reason in found.sums] if found else [],
        "bring": BRING,
        "steps": STEPS,
        "open": [*OPEN, *map(say, more)],
        "household": request.GET.get("household", ""),
    }
    return render(request, "enrolment/office/fee.html", context, status=422 if form.errors else 200)


def _sheet(request: DeskRequest, found: Estimate | None) -> HttpResponse:
    """A page for the parent, always in Dutch, in which the desk writes."""
    with translation.override("nl"):
        title = gettext("Your fee certificate: what you pay for childcare")
        made = pdf("web/report", _told(found), title=title, brand=brand_of(request.desk), language="nl")
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="inkomenstarief.pdf"'
    return response


def _told(found: Estimate | None) -> dict[str, Any]:
    lead = gettext(
        "In many locations you pay by your income. For that you need a fee certificate (attest inkomenstarief). "
        "We help you to ask for it. Bring what stands below."
    )
    rows = [[str(number), str(line)] for number, line in enumerate(BRING, 1)]
    columns = [gettext("No."), gettext("What")]
    tables = [{"heading": gettext("Bring along"), "columns": columns, "rows": rows, "numbers": [0]}]
    if found is not None:
        warning = gettext("The amount is an estimate. Only what stands on the certificate counts.")
        lead = f"{lead}\n\n{warning}"
        about = [[gettext("For a full day, about"), money(found.fee)]]
        heads = [gettext("Estimate"), gettext("Euros")]
        tables.append(
            {"heading": gettext("About how much?"), "columns": heads, "rows": about, "numbers": [1]}
        )
    return {"lead": lead, "tables": tables}
