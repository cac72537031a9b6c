"""What a parent sees: the tax certificates, and the national numbers that they need."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kribbe.people.access import own_household, refusal
from kribbe.people.models import Adult, Child
from kribbe.region.middleware import use_desk
from kribbe.taxes.access import own_certificate, own_certificates, own_persons
from kribbe.taxes.forms import NUMBER, NumbersForm, name_of
from kribbe.taxes.models import CertificateKind, TaxIdentity, Way
from kribbe.taxes.papers import certificate_pdf
from kribbe.taxes.services.certificates import take_copy
from kribbe.taxes.services.identities import give_identity, remove_identity
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Principal, Scope

Person = Adult | Child
MASK = "•" * 9


@require_safe
def certificates_page(request: Any) -> HttpResponse:
    """Every certificate, the newest first, and whose numbers are missing."""
    _enter(request)
    rows = [
        {
            "certificate": each,
            "child": str(each.child),
            "payer": each.parties["payer"]["name"],
            "replaced": getattr(each, "replaced_by", None),
            "cancels": each.kind == CertificateKind.CANCEL,
            "corrects": each.kind == CertificateKind.CHANGE,
        }
        for each in own_certificates(request.principal)
    ]
    missing = [each for each in own_persons(request.principal) if not _number(each)]
    context = {"rows": rows, "missing": [str(each) for each in missing]}
    return render(request, "taxes/my_certificates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def numbers_page(request: Any) -> HttpResponse:
    """Give, replace or remove the numbers. What is known shows its last two digits to the person itself alone."""
    _enter(request)
    now = timezone.now()
    persons = own_persons(request.principal)
    form = NumbersForm(request.POST if request.method == "POST" else None, persons=persons)
    if request.method == "POST" and form.is_valid() and _kept(request.principal, form, now):
        messages.success(request, _("Kept. It is used for the tax certificate alone."))
        return redirect("taxes:mine")
    context = {
        "form": form,
        "people": [
            {
                "name": str(each),
                "key": name_of(each),
                "known": _masked(each, request.principal),
                "fields": [field for field in form if field.name.endswith(f"_{name_of(each)}")],
            }
            for each in persons
        ],
    }
    return render(request, "taxes/my_numbers.html", context, status=422 if form.errors else 200)


@require_POST
def remove_number(request: Any) -> HttpResponse:
    """Delete what was told of a person."""
    _enter(request)
    asked = request.POST.get("person", "")
    found = next((each for each in own_persons(request.principal) if name_of(each) == asked), None)
    if found is None:
        raise refusal(request.principal)
    if remove_identity(principal=request.principal, person=found, now=timezone.now()):
        messages.success(
            request, _("Deleted. Without the number a certificate doesn't go to the tax office.")
        )
    return redirect("taxes:my_numbers")


@require_safe
def certificate_file(request: Any, reference: str) -> HttpResponse:
    """A certificate as a PDF; the first is the original, each later one says that it is a duplicate."""
    certificate = own_certificate(request.principal, reference)
    duplicate = take_copy(
        principal=request.principal, certificate=certificate, way=Way.ACCOUNT, now=timezone.now()
    )
    return file_answer(certificate_pdf(certificate, duplicate=duplicate), f"281.86-{certificate}.pdf")


def file_answer(data: bytes, name: str, media: str = "application/pdf") -> HttpResponse:
    """A file to save, kept by no cache."""
    answer = HttpResponse(data, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _enter(request: Any) -> None:
    """Opens a page of a parent, in the face of its desk."""
    household = own_household(request.principal)
    if household.pk not in scope_ids(request.principal, Action.INVOICE_READ, Scope.HOUSEHOLD):
        raise refusal(request.principal)
    use_desk(request, household.desk)


def _kept(principal: Principal, form: NumbersForm, now: datetime) -> bool:
    """Keep what was typed; False with an error at its field where a number isn't the child's."""
    for person in form.persons:
        number, disabled = form.told(person)
        if number is None and disabled == _disabled(person):
            continue
        try:
            give_identity(
                principal=principal, person=person, number=number, severe_disability=disabled, now=now
            )
        except RefusedError as refused:
            form.add_error(f"{NUMBER}_{name_of(person)}", str(refused.message))
    return not form.errors


def _identity(person: Person) -> TaxIdentity | None:
    return getattr(person, "tax_identity", None)


def _number(person: Person) -> str:
    identity = _identity(person)
    return (identity.number or "") if identity else ""


def _disabled(person: Person) -> bool:
    identity = _identity(person)
    return identity is not None and identity.severe_disability


def _masked(person: Person, principal: Principal) -> str:
    """What shows of a number that is known: its last digits to the person itself and of its child."""
    number = _number(person)
    if not number:
        return ""
    is_own = isinstance(person, Child) or person.user_id == principal.user_id
    return f"{MASK}{number[-2:]}" if is_own else MASK
