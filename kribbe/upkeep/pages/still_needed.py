"""Whether a family still needs its place: asked by a link without log-in; and the list of who was asked on paper."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.models import RequestState
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.selectors.keyset import page
from kribbe.enrolment.services.wishes import may_reopen
from kribbe.enrolment.templatetags.enrolment import called, fully_called
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal
from kribbe.trust.text import row_key
from kribbe.trust.tokens import read_token
from kribbe.upkeep.models import Confirmation, ConfirmationState
from kribbe.upkeep.services.ask_again import answer, link_of, may_use, take_back
from kribbe.upkeep.tokens import QUESTION
from kribbe.web.components import Option

PAGE = 25
FAMILY = Principal(name="Link in a mail")
"""Who answers by the link: whoever reads the family's mail."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def still_needed(request: DeskRequest, desk: str, token: str) -> HttpResponse:
    """The question, and its answer. Looking changes nothing: mail programs open links by themselves."""
    found = _found(read_token(QUESTION, token))
    if found is None:
        return render(request, "upkeep/link_old.html", status=410)
    if request.method != "POST" and found.request.desk.slug != desk:
        return redirect(link_of(found))
    use_desk(request, found.request.desk)
    if request.method == "POST":
        return _answered(request, found, token)
    now = timezone.now()
    is_open = found.state == ConfirmationState.OPEN and found.request.state == RequestState.OPEN
    lapsed = found.state == ConfirmationState.LAPSED and may_reopen(found.request, now=now)
    context = {
        "found": found,
        "name": called(found.request.child),
        "is_open": is_open,
        "is_lapsed": lapsed,
        "may_take_back": found.state == ConfirmationState.ENDED and may_reopen(found.request, now=now),
        "options": options(found),
        "chosen": request.GET.get("answer", "keep"),
    }
    return render(request, "upkeep/still_needed.html", context)


def options(found: Confirmation) -> list[Option]:
    """The answers that fit this child."""
    given = [
        Option("keep", gettext("Yes, we still look for a place"), gettext("You keep your place in line.")),
        Option("found", gettext("No, we found care"), ""),
        Option("no_need", gettext("No, we no longer need care"), ""),
    ]
    if found.request.child.born is None:
        sorry = gettext("We are sorry. Nothing more is asked, and no mail follows.")
        given.append(Option("loss", gettext("The pregnancy has ended"), sorry))
    return given


def _found(key: int | None) -> Confirmation | None:
    """The question of a mailed link, None for one that is too old or cut off.

    A family that went to another desk since finds it there.
    """
    found = Confirmation.objects.select_related("request__child", "request__desk").filter(pk=key or 0).first()
    return found if found and may_use(found, timezone.localdate()) else None


def _answered(request: DeskRequest, found: Confirmation, token: str) -> HttpResponse:
    now, given = timezone.now(), request.POST.get("answer", "")
    try:
        if given == "back":
            take_back(principal=FAMILY, confirmation_id=found.pk, now=now)
        else:
            answer(principal=FAMILY, confirmation_id=found.pk, given=given, now=now)
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return redirect("upkeep:still_needed", found.request.desk.slug, token)


def on_paper(desk_id: int) -> Any:
    """Open questions that went out as a letter: nobody can click there."""
    return Confirmation.objects.filter(
        request__desk=desk_id,
        request__state=RequestState.OPEN,
        state=ConfirmationState.OPEN,
        by_letter=True,
    ).select_related("request__child", "request__household")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.DESK_UPKEEP)
def questions(request: DeskRequest) -> HttpResponse:
    """Whom to call: families that were asked on paper. A clerk notes what they say."""
    if request.method == "POST":
        return _noted(request)
    after = Confirmation.objects.filter(pk=row_key(request.GET.get("after", ""))).first()
    before = Confirmation.objects.filter(pk=row_key(request.GET.get("before", ""))).first()
    here = page(on_paper(request.desk.pk), by="answer_by", size=PAGE, after=after, before=before)
    record(
        principal=request.principal,
        action="desk.list",
        subject=request.desk,
        now=timezone.now(),
        desk_id=request.desk.pk,
        list="questions",
        households=[row.request.household_id for row in here.rows],
    )
    context = {
        "rows": [(row, fully_called(row.request.child), options(row)) for row in here.rows],
        "previous_url": f"?before={here.rows[0].pk}" if here.has_previous and here.rows else "",
        "next_url": f"?after={here.rows[-1].pk}" if here.has_next and here.rows else "",
    }
    return render(request, "upkeep/questions.html", context)


def _noted(request: DeskRequest) -> HttpResponse:
    found = on_paper(request.desk.pk).filter(pk=row_key(request.POST.get("question", ""))).first()
    if found is None:
        raise Http404
    try:
        answer(
            principal=request.principal,
            confirmation_id=found.pk,
            given=request.POST.get("answer", ""),
            now=timezone.now(),
        )
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, gettext("Noted."))
    return redirect(reverse("upkeep:questions", args=[request.desk.slug]))
