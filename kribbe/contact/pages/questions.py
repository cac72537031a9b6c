"""Questions answered without a request: counted in two fields, and by month for the city."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.contact import desk_services as services
from kribbe.contact.desk_selectors import QuestionCount, questions_by_month, subjects_of
from kribbe.contact.models import Channel, Question, QuestionLanguage, QuestionSubject
from kribbe.contact.pages.desk import for_desk_work
from kribbe.people.forms import OnceForm
from kribbe.region.http import DeskRequest
from kribbe.region.models import Desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.text import row_key
from kribbe.web.forms import NameField
from kribbe.web.tables import csv_file

USUAL = (
    _("How to register"),
    _("Where there is a free place"),
    _("Where my request stands"),
    _("Price and fee certificate"),
    _("An urgent need"),
    _("A problem with a location"),
    _("Becoming a childminder"),
    _("Something else"),
)
"""What questions are mostly about, to begin with."""

HEADS = (_("Month"), _("Subject"), _("How"), _("Language"), _("Answered"), _("Referred"))


class QuestionForm(OnceForm):
    """A question in two choices; the others have their usual answer."""

    subject = forms.ModelChoiceField(
        QuestionSubject.objects.none(), label=_("What was it about?"), empty_label=None
    )
    channel = forms.ChoiceField(label=_("How did it come?"), choices=Channel.choices)
    language = forms.ChoiceField(
        label=_("In which language?"), choices=QuestionLanguage.choices, initial=QuestionLanguage.DUTCH
    )
    referred_to = forms.CharField(
        label=_("Referred to"),
        max_length=100,
        required=False,
        help_text=_("Leave it empty if you answered the question."),
    )

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].queryset = subjects_of(desk)  # type: ignore[attr-defined]


class SubjectForm(OnceForm):
    """A subject of the desk's own."""

    name = NameField(label=_("New subject"), max_length=100)


@dataclass(frozen=True, slots=True)
class Month:
    """A month's questions in all, and what most of them were about."""

    month: date
    answered: int
    referred: int
    most: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_desk_work
def questions(request: DeskRequest) -> HttpResponse:
    """The quick form, and this year's counts."""
    now = timezone.now()
    counts = questions_by_month([request.desk.pk], since=_new_year(now), until=now)
    if request.GET.get("download") == "csv":
        return _file(request.desk, counts)
    form = QuestionForm(request.POST or None, desk=request.desk)
    if request.method == "POST":
        address = form.carry_out(lambda given: _count(request, given, now), at=request.path, now=now)
        if address is not None:
            return HttpResponseRedirect(address)
    has_subjects = subjects_of(request.desk).exists()
    context = {
        "form": form if has_subjects else None,
        "months": _months(counts),
        "last": _last(request),
    }
    return render(request, "contact/questions.html", context, status=422 if form.is_bound else 200)


def _count(request: DeskRequest, given: dict[str, Any], now: datetime) -> str:
    counted = services.count_question(
        desk=request.desk,
        subject=given["subject"],
        channel=given["channel"],
        language=given["language"],
        referred_to=given["referred_to"],
        principal=request.principal,
        now=now,
    )
    return f"{request.path}?last={counted.pk}"


def _last(request: DeskRequest) -> Question | None:
    key = row_key(request.GET.get("last", ""))
    mine = Question.objects.filter(desk=request.desk, noted_by=request.principal.user_id)
    return mine.select_related("subject").filter(pk=key).first()


def _new_year(now: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(date(timezone.localtime(now).year, 1, 1), time.min))


def _months(counts: Sequence[QuestionCount]) -> list[Month]:
    found = []
    for month in sorted({one.month for one in counts}, reverse=True):
        here = [one for one in counts if one.month == month]
        subjects = Counter[str]()
        for one in here:
            subjects[one.subject] += one.answered + one.referred
        found.append(
            Month(
                month,
                sum(one.answered for one in here),
                sum(one.referred for one in here),
                subjects.most_common(1)[0][0],
            )
        )
    return found


def _file(desk: Desk, counts: Sequence[QuestionCount]) -> HttpResponse:
    rows = [
        (
            f"{one.month:%Y-%m}",
            one.subject,
            Channel(one.channel).label,
            QuestionLanguage(one.language).label,
            one.answered,
            one.referred,
        )
        for one in counts
    ]
    return csv_file(f"{gettext('questions')}-{desk.slug}", [str(head) for head in HEADS], rows)


@require_POST
@for_desk_work
def question_drop(request: DeskRequest, question: int) -> HttpResponse:
    """It was counted by mistake."""
    row = get_object_or_404(Question, desk=request.desk, pk=question, noted_by=request.principal.user_id)
    services.drop_question(question=row, principal=request.principal, now=timezone.now())
    messages.success(request, gettext("The question isn't counted."))
    return HttpResponseRedirect(reverse("contact:questions", args=[request.desk.slug]))


@require_http_methods(["GET", "HEAD", "POST"])
@for_desk_work
def question_subjects(request: DeskRequest) -> HttpResponse:
    """The desk's list of subjects: add one, take one off, or begin with the usual ones."""
    here, now = request.desk, timezone.now()
    form = SubjectForm(request.POST if "name" in request.POST else None)
    if request.method == "POST" and _changed(request, form, now):
        back = "contact:questions" if "usual" in request.POST else "contact:question_subjects"
        return HttpResponseRedirect(reverse(back, args=[here.slug]))
    context = {"form": form, "subjects": subjects_of(here)}
    return render(request, "contact/subjects.html", context, status=422 if form.is_bound else 200)


def _changed(request: DeskRequest, form: SubjectForm, now: datetime) -> bool:
    given, principal, desk = request.POST, request.principal, request.desk
    try:
        if "usual" in given:
            services.add_subjects(
                desk=desk, names=[str(name) for name in USUAL], principal=principal, now=now
            )
        elif key := row_key(given.get("retire", "")):
            row = get_object_or_404(QuestionSubject, desk=desk, pk=key)
            services.retire_subject(subject=row, principal=principal, now=now)
        elif form.is_valid():
            services.add_subjects(desk=desk, names=[form.cleaned_data["name"]], principal=principal, now=now)
    except RefusedError as refused:
        form.add_error(None, str(refused.message))
        return False
    return not form.errors
