"""The file of one's own child: kept by its parents, and looked at again once in a while."""

from typing import Any

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.enrolment.models import Placement
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.planning.access import own_placement
from kribbe.planning.file_paper import file_pdf
from kribbe.planning.file_words import said_parts
from kribbe.planning.forms_file import ChildFileForm, typed_file
from kribbe.planning.models import ChildFile
from kribbe.planning.selectors.child_file import Version, beginning, file_of, is_due, versions
from kribbe.planning.services.child_file import confirm_file, keep_file
from kribbe.region.middleware import use_desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import whole_number


@require_http_methods(["GET", "POST"])
def my_file(request: Any, reference: str) -> HttpResponse:
    """Everything that carers must know of the child, to keep as it is or to change."""
    now = timezone.now()
    placement = own_placement(request.principal, Action.CHILD_FILE_KEEP, reference, now=now)
    use_desk(request, placement.child.household.desk)
    file = file_of(placement.child_id)
    is_sent = request.method == "POST"
    if is_sent and request.POST.get("do") == "still":
        return _confirm(request, placement, now)
    form = ChildFileForm(request.POST if is_sent else None, initial=initial_file(placement, file))
    if is_sent and form.is_valid():
        try:
            keep_file(
                principal=request.principal,
                child_id=placement.child_id,
                kept=form.kept(),
                seen_version=form.cleaned_data["version"],
                now=now,
            )
            messages.success(request, _("Kept. Whoever cares for your child sees it at once."))
            return redirect("planning:my_file", reference)
        except RefusedError as refused:
            form.add_error(None, str(refused.message))
    context = {
        "placement": placement,
        "location": placement.group.location,
        "name": fully_called(placement.child),
        "form": form,
        "file": file,
        "is_due": is_due(file, localtime(now).date()),
        "is_shared": file is None and bool(beginning(placement.child)),
        "versions": _versions(file),
    }
    return render(request, "planning/my_file.html", context, status=422 if form.errors else 200)


@require_safe
def my_file_paper(request: Any, reference: str) -> HttpResponse:
    """The file as a PDF."""
    placement = own_placement(request.principal, Action.CHILD_FILE_KEEP, reference, now=timezone.now())
    return paper_answer(placement)


def paper_answer(placement: Placement) -> HttpResponse:
    """The file of a place's child as a PDF to look at."""
    answer = HttpResponse(file_pdf(placement, file_of(placement.child_id)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{placement.reference}.pdf"'
    return answer


def _confirm(request: Any, placement: Placement, now: Any) -> HttpResponse:
    try:
        confirm_file(
            principal=request.principal,
            child_id=placement.child_id,
            seen_version=whole_number(request.POST.get("version", "")) or 0,
            now=now,
        )
        messages.success(request, _("Thank you. We ask again in half a year."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("planning:my_file", placement.reference)


def initial_file(placement: Placement, file: ChildFile | None) -> dict[str, Any]:
    """What the form of a file begins with."""
    values = model_to_dict(file) if file else beginning(placement.child)
    return {"version": 0, **typed_file(values)}


def _versions(file: ChildFile | None) -> list[dict[str, Any]]:
    found = versions(file) if file else []
    return [{"at": each.at, "who": _who(each), "parts": said_parts(each.parts)} for each in found]


def _who(version: Version) -> str:
    if not version.told_by:
        return version.who
    return _("%(who)s, as %(told_by)s told it") % {"who": version.who, "told_by": version.told_by}
