"""Conversations of a family, a location or the desk: the list, one of them, and a new one."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages as told
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.contact.access import (
    READ_MARKS,
    Seat,
    note_reading,
    note_threads,
    own_post_at,
    thread_at,
    threads_at,
)
from kribbe.contact.links import Topic, topics_of
from kribbe.contact.models import Side, Thread
from kribbe.contact.pages.seats import address, framed
from kribbe.contact.selectors.threads import posts_of, thread_page
from kribbe.contact.services import threads as services
from kribbe.contact.words import discreetly, family, others
from kribbe.people.access import note_look
from kribbe.people.models import Household
from kribbe.people.selectors import adults_first
from kribbe.places.models import Location
from kribbe.trust.errors import RefusedError

LONGEST = 4000
SNIPPET = 120


class AnswerForm(forms.Form):
    """What one says."""

    text = forms.CharField(
        label=gettext_lazy("Your message"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )


class NewThreadForm(forms.Form):
    """Whom one writes, about what, and the first words."""

    to = forms.ChoiceField(label=gettext_lazy("To"))
    topic = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=150)
    text = forms.CharField(
        label=gettext_lazy("Your message"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(
        self, *args: Any, receivers: list[tuple[str, str]], topics: list[Topic], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        to, topic = self.fields["to"], self.fields["topic"]
        to.choices = receivers  # type: ignore[attr-defined]
        topic.choices = [("", _("Something else")), *((each.key, each.label) for each in topics)]  # type: ignore[attr-defined]
        if not topics:
            del self.fields["topic"]


@require_GET
def threads(request: Any, seat: Seat) -> HttpResponse:
    """The conversations, the latest first; those that hold given words."""
    words = request.GET.get("q", "").strip()[:100]
    found = thread_page(
        seat, words=words, after=_mark(request, seat, "after"), before=_mark(request, seat, "before")
    )
    rows = list(found.rows)
    note_threads(principal=request.principal, seat=seat, threads=rows, now=timezone.now())
    context = framed(
        seat,
        rows=[_row(seat, each) for each in rows],
        words=words,
        new_url=address(seat, "new_thread"),
        previous_url=_turn("before", rows[0], words) if found.has_previous and rows else "",
        next_url=_turn("after", rows[-1], words) if found.has_next else "",
    )
    return render(request, "contact/threads.html", context)


@require_http_methods(["GET", "POST"])
def thread(request: Any, seat: Seat, reference: str) -> HttpResponse:
    """One conversation, and an answer."""
    row = thread_at(seat, reference)
    form = AnswerForm(request.POST or None)
    if form.is_valid() and _answered(request, seat, row, form):
        return HttpResponseRedirect(f"{address(seat, 'thread', reference)}#last")
    now = timezone.now()
    note_reading(principal=request.principal, seat=seat, thread=row, now=now)
    services.mark_thread_read(seat=seat, thread=row, now=now)
    posts = posts_of(row)
    context = framed(
        seat,
        thread=row,
        others=", ".join(others(row, seat)),
        posts=[_post(seat, each, is_last=each is posts[-1]) for each in posts],
        form=form,
        back_url=address(seat, "threads"),
        ask_url="" if row.with_desk or seat.side is Side.DESK else address(seat, "ask_desk", reference),
        story_household=row.household if seat.side is Side.DESK else None,
    )
    return render(request, "contact/thread.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def new_thread(request: Any, seat: Seat) -> HttpResponse:
    """Begin a conversation: a family with the desk or a location of its choice, staff with a family or each other."""
    household, location = _given(request, seat)
    receivers = _receivers(seat, household, location)
    topics = _topics(seat, household)
    form = NewThreadForm(
        request.POST or None,
        receivers=receivers,
        topics=topics,
        initial={"to": request.GET.get("to", receivers[0][0]), "topic": request.GET.get("about", "")},
    )
    if form.is_valid():
        begun = _begun(request, seat, form, household, location, topics)
        if begun is not None:
            told.success(request, _("Your message is sent."))
            return HttpResponseRedirect(address(seat, "thread", begun.reference))
    context = framed(
        seat, form=form, back_url=address(seat, "threads"), household=household, one=len(receivers) == 1
    )
    return render(request, "contact/new_thread.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw_post(request: Any, seat: Seat, reference: str, post: int) -> HttpResponse:
    """Take back what one's own side said."""
    row = own_post_at(seat, thread_at(seat, reference), post)
    services.withdraw(post=row, principal=request.principal, now=timezone.now())
    told.success(request, _("Your message is withdrawn. That it was there stays visible."))
    return HttpResponseRedirect(address(seat, "thread", reference))


@require_POST
def ask_desk(request: Any, seat: Seat, reference: str) -> HttpResponse:
    """Ask the desk to join."""
    row = thread_at(seat, reference)
    services.ask_desk(thread=row, principal=request.principal, now=timezone.now())
    told.success(request, _("The desk reads along from now on."))
    return HttpResponseRedirect(address(seat, "thread", reference))


def _mark(request: Any, seat: Seat, name: str) -> Thread | None:
    reference = request.GET.get(name, "")
    return threads_at(seat).filter(reference=reference).first() if reference else None


def _turn(way: str, row: Thread, words: str) -> str:
    return "?" + urlencode({way: row.reference} | ({"q": words} if words else {}))


def _row(seat: Seat, row: Any) -> dict[str, Any]:
    read_at = getattr(row, READ_MARKS[seat.side])
    text = row.last_text or ""
    return {
        "url": address(seat, "thread", row.reference),
        "subject": row.subject,
        "about": row.about_label,
        "others": ", ".join(others(row, seat)),
        "last": f"{text[:SNIPPET]}…" if len(text) > SNIPPET else text,
        "last_name": row.last_name,
        "at": row.last_at,
        "unread": read_at is None or row.last_at > read_at,
    }


def _post(seat: Seat, row: Any, *, is_last: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "own": row.side == seat.side.value,
        "name": row.author_name,
        "text": row.text,
        "at": row.at,
        "withdrawn": row.withdrawn_at is not None,
        "is_last": is_last,
    }


def _answered(request: Any, seat: Seat, row: Thread, form: AnswerForm) -> bool:
    try:
        services.answer(
            seat=seat,
            thread=row,
            principal=request.principal,
            text=form.cleaned_data["text"],
            now=timezone.now(),
        )
    except RefusedError as refused:
        form.add_error("text", str(refused.message))
        return False
    return True


def _given(request: Any, seat: Seat) -> tuple[Household | None, Location | None]:
    """The family and the location that the address names, as far as this seat reaches them."""
    reference, slug = request.GET.get("household", ""), request.GET.get("location", "")
    household = seat.household
    if reference and seat.side is not Side.HOUSEHOLD:
        household = _family(seat, reference)
        note_look(principal=request.principal, household=household, now=timezone.now())
    location = seat.location
    if slug and seat.side is Side.DESK:
        location = Location.objects.filter(desk=seat.desk, slug=slug).first()
        if location is None:
            raise Http404
    return household, location


def _family(seat: Seat, reference: str) -> Household:
    found = Household.objects.prefetch_related(adults_first()).filter(reference=reference).first()
    if found is None or not _reaches(seat, found):
        raise Http404
    return found


def _reaches(seat: Seat, household: Household) -> bool:
    if seat.side is Side.DESK:
        return household.desk_id == seat.desk.pk
    return bool(_topics(seat, household))


def _topics(seat: Seat, household: Household | None) -> list[Topic]:
    """What the conversation can be about; for a location only what concerns it."""
    found = topics_of(household.pk) if household else []
    return [each for each in found if seat.location is None or seat.location.pk in each.location_ids]


def _receivers(seat: Seat, household: Household | None, location: Location | None) -> list[tuple[str, str]]:
    desk = ("desk", _("Desk %s") % seat.desk.shown_name)
    if seat.side is Side.HOUSEHOLD and household is not None:
        linked = frozenset[int]().union(*(each.location_ids for each in topics_of(household.pk)))
        places = Location.objects.filter(pk__in=linked).order_by("name_key")
        return [*((each.slug, each.name) for each in places), desk]
    if household is not None:
        named = discreetly if seat.side is Side.LOCATION else family
        return [("family", named(household))]
    if seat.side is Side.LOCATION:
        return [desk]
    if location is not None:
        return [("location", location.name)]
    raise Http404


def _begun(
    request: Any,
    seat: Seat,
    form: NewThreadForm,
    household: Household | None,
    location: Location | None,
    topics: list[Topic],
) -> Thread | None:
    to = form.cleaned_data["to"]
    if seat.side is Side.HOUSEHOLD and to != "desk":
        location = Location.objects.get(slug=to)
    chosen = form.cleaned_data.get("topic", "")
    try:
        return services.start_thread(
            seat=seat,
            principal=request.principal,
            household=household,
            location=location,
            subject=form.cleaned_data["subject"],
            text=form.cleaned_data["text"],
            topic=next((each for each in topics if each.key == chosen), None),
            now=timezone.now(),
        )
    except RefusedError as refused:
        form.add_error(refused.field or None, str(refused.message))
        return None
