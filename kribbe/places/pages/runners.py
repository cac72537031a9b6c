"""Who runs the desk's locations: give somebody the log-in for one or for all of an organiser, and take it away."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kribbe.people.access import require_at_desk
from kribbe.people.forms import OnceForm
from kribbe.people.models import RoleGrant
from kribbe.people.words import ROLES
from kribbe.places.models import Location, Organiser
from kribbe.places.selectors.runners import names_of, runners_of, without_runner
from kribbe.places.services.runners import let_run, stop_running
from kribbe.region.access import at_desk
from kribbe.region.models import Desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.keyset import page
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Role
from kribbe.trust.text import row_key
from kribbe.web.forms import NameField

SIZE = 50
LOCATION, ORGANISER = "location", "organiser"


class RunnerForm(OnceForm):
    """Somebody, and what they run."""

    name = NameField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Mail address"))
    over = forms.ChoiceField(label=_("What do they run?"))

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Location.objects.filter(desk=desk, active=True).order_by("name_key")
        self.rows: dict[str, Location | Organiser] = {
            **{f"{LOCATION}-{each.pk}": each for each in here},
            **{
                f"{ORGANISER}-{each.pk}": each
                for each in Organiser.objects.filter(pk__in=here.values("organiser")).order_by("name_key")
            },
        }
        self.fields["over"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Choose")),
            (gettext("One location"), self._choices(LOCATION)),
            (gettext("All locations of an organiser"), self._choices(ORGANISER)),
        ]

    def _choices(self, kind: str) -> Sequence[tuple[str, str]]:
        return [(key, _named(each)) for key, each in self.rows.items() if key.startswith(kind)]


def _named(each: Location | Organiser) -> str:
    return f"{each.name}, {each.city}" if isinstance(each, Location) else each.name


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.DESK_SETTINGS)
def runners_page(request: Any, desk: Desk) -> HttpResponse:
    """Who runs what, who is missing, and a form to let somebody run a location."""
    now = timezone.now()
    form = RunnerForm(request.POST or None, desk=desk)
    here = reverse("places:runners", args=[desk.slug])

    def work(given: dict[str, Any]) -> str:
        over = form.rows[given["over"]]
        let_run(
            principal=request.principal,
            desk=desk,
            over=over,
            name=given["name"],
            email=given["email"],
            now=now,
        )
        messages.success(
            request,
            gettext("%(name)s runs %(over)s from now on. The first log-in asks for a second factor.")
            % {"name": given["name"], "over": over.name},
        )
        return here

    done = form.carry_out(work, at=request.path, now=now) if form.is_bound else None
    if done is not None:
        return redirect(done)
    query = request.GET.get("q", "").strip()[:100]
    found = runners_of(desk, query=query)
    shown = page(
        found,
        by="who",
        size=SIZE,
        after=_anchor(found, request.GET.get("after", "")),
        before=_anchor(found, request.GET.get("before", "")),
    )
    names = names_of(shown.rows)
    missing = without_runner(desk).order_by("name_key")
    context = {
        "desk": desk,
        "form": form,
        "query": query,
        "rows": [(each, ROLES[Role(each.role)], names[each.pk]) for each in shown.rows],
        "missing": missing.count(),
        "some_missing": missing[:SIZE],
        "previous_url": _link(query, before=shown.rows[0].pk) if shown.has_previous and shown.rows else "",
        "next_url": _link(query, after=shown.rows[-1].pk) if shown.has_next and shown.rows else "",
    }
    return render(request, "places/runners.html", context, status=422 if form.errors else 200)


def _anchor(found: "QuerySet[RoleGrant]", key: str) -> RoleGrant | None:
    return found.filter(pk=row_key(key)).first()


def _link(query: str, **more: object) -> str:
    return f"?{urlencode({**({'q': query} if query else {}), **more})}"


@require_http_methods(["GET", "HEAD", "POST"])
def runner_page(request: Any, desk: str, grant: int) -> HttpResponse:
    """Ask before somebody no longer runs a location; sending the form takes the role away."""
    here: Desk = request.desk
    require_at_desk(request.principal, Action.DESK_SETTINGS, here)
    row = runners_of(here).filter(pk=grant).first()
    if row is None:
        raise Http404
    back = reverse("places:runners", args=[here.slug])
    if request.method == "POST":
        try:
            stop_running(principal=request.principal, desk=here, grant=row, now=timezone.now())
        except RefusedError as refused:
            messages.error(request, str(refused.message))
        else:
            messages.success(request, gettext("The role is taken away."))
        return redirect(back)
    context = {"grant": row, "over": names_of([row])[row.pk], "back_url": back}
    return render(request, "places/runner.html", context)
