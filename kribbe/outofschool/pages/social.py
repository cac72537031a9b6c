"""The families that pay a club's social tariff."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kribbe.outofschool.access import at_club
from kribbe.outofschool.models import Club, SocialTariff
from kribbe.outofschool.selectors.prices import tariff_on
from kribbe.outofschool.services.social import grant_social, take_back_social
from kribbe.people.models import Child
from kribbe.trust.audit import note_list
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.web.forms import DayField

DAY = timedelta(days=1)
MOST = 500


class SocialForm(forms.Form):
    """A family, by one of its children, and the days."""

    child = forms.ModelChoiceField(label=_("Child"), queryset=Child.objects.none())
    first = DayField(_("From"))
    last = DayField(_("Until"))

    def __init__(self, *args: Any, children: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["child"]
        field.queryset = children


@require_http_methods(["GET", "HEAD", "POST"])
@at_club(Action.CLUB_READ, Action.CLUB_CHANGE)
def social(request: Any, club: Club) -> HttpResponse:
    """Who has the social tariff and until when; a family can be added, and taken back."""
    now = timezone.now()
    children = _children(club)
    is_taking_back = request.POST.get("do") == "take_back"
    form = SocialForm(
        request.POST if request.method == "POST" and not is_taking_back else None,
        children=children,
        initial={"first": timezone.localdate()},
    )
    if is_taking_back:
        take_back_social(
            principal=request.principal, club=club, key=row_key(request.POST.get("row", "")), now=now
        )
        messages.success(request, gettext("Taken back."))
        return redirect("outofschool:social", club.desk.slug, club.slug)
    if request.method == "POST" and form.is_valid() and _granted(request, club, form, now):
        return redirect("outofschool:social", club.desk.slug, club.slug)
    rows = list(SocialTariff.objects.filter(club=club).select_related("household").order_by("-during")[:MOST])
    households = {row.household_id for row in rows} | set(children.values_list("household_id", flat=True))
    note_list(
        principal=request.principal,
        action="list.read",
        subject=club,
        desk_id=club.desk_id,
        households=households,
        now=now,
        of="club",
    )
    names = _names(rows)
    context = {
        "club": club,
        "tab": "hours",
        "form": form,
        "tariff": tariff_on(club.tariffs.all(), timezone.localdate()),
        "rows": [
            {"row": row, "names": names.get(row.household_id, ""), "last": row.during.upper - DAY}
            for row in rows
        ],
    }
    return render(request, "outofschool/social.html", context, status=422 if form.errors else 200)


def _granted(request: Any, club: Club, form: SocialForm, now: Any) -> bool:
    given = form.cleaned_data
    try:
        grant_social(
            principal=request.principal,
            club=club,
            household=given["child"].household,
            first=given["first"],
            last=given["last"],
            now=now,
        )
    except RefusedError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        return False
    messages.success(request, gettext("Saved. Months that were invoiced are set right by their next run."))
    return True


def _children(club: Club) -> Any:
    """The children who asked something of the club, by name."""
    asked = (
        Q(club_registrations__year__club=club) | Q(holiday_places__week__club=club) | Q(club_stays__club=club)
    )
    found = Child.objects.filter(asked).select_related("household").distinct()
    return found.order_by("last_name", "first_name", "pk")


def _names(rows: list[SocialTariff]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for child in Child.objects.filter(household__in={row.household_id for row in rows}).order_by("pk"):
        found.setdefault(child.household_id, []).append(str(child))
    return {household: ", ".join(names) for household, names in found.items()}
