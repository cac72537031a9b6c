"""A parent's own mandate: read, signed, taken back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kribbe.banking.access import own_payer, own_payers
from kribbe.banking.models import Mandate
from kribbe.banking.services.mandates import revoke, sign
from kribbe.billing.models import Payer
from kribbe.people.access import parent_required
from kribbe.trust.errors import RefusedError
from kribbe.web.forms import NameField


class MandateForm(forms.Form):
    """What a parent fills in to be collected from. Nothing is ticked or filled in for them."""

    iban = forms.CharField(label=gettext_lazy("Your account number (IBAN)"), max_length=42)
    holder = NameField(label=gettext_lazy("Name of the account's holder"), max_length=70)
    signed_name = NameField(label=gettext_lazy("Your name, as signature"), max_length=100)


def mandate_words(payer: Payer) -> str:
    """What a mandate says, in the reader's language; kept as it was read."""
    return _(
        "By signing you allow %(name)s to ask your bank to take the amount of your invoices from your account, and "
        "your bank to do so. You hear the day and the amount before each time. You may take this back at any time. "
        "Your bank gives you the money back if you ask within eight weeks."
    ) % {"name": payer.books.name}


@require_safe
@parent_required
def my_mandates_page(request: Any) -> HttpResponse:
    """The organisers that invoice the reader, and whether each may collect."""
    payers = own_payers(request.principal).prefetch_related(
        Prefetch("mandates", Mandate.objects.filter(revoked_at=None), to_attr="standing")
    )
    return render(request, "banking/my_mandates.html", {"payers": payers})


@require_http_methods(["GET", "HEAD", "POST"])
@parent_required
def mandate_page(request: Any, reference: str) -> HttpResponse:
    """The mandate of one's own, or the form to sign one."""
    payer = own_payer(request.principal, reference)
    mandate = payer.mandates.filter(revoked_at=None).first()
    form = MandateForm(request.POST if request.method == "POST" and not mandate else None)
    if request.method == "POST":
        if mandate and "revoke" in request.POST:
            revoke(principal=request.principal, payer=payer, now=timezone.now())
            messages.success(request, _("Taken back. Nothing new is collected."))
            return redirect("banking:mandate", payer.reference)
        if not mandate and form.is_valid() and _signed(request, payer, form):
            return redirect("banking:mandate", payer.reference)
    context = {"payer": payer, "mandate": mandate, "form": form, "text": mandate_words(payer)}
    return render(request, "banking/mandate.html", context, status=422 if form.errors else 200)


def _signed(request: Any, payer: Payer, form: MandateForm) -> bool:
    now = timezone.now()
    try:
        sign(
            principal=request.principal,
            payer=payer,
            text=mandate_words(payer),
            on=localtime(now).date(),
            now=now,
            **form.cleaned_data,
        )
    except RefusedError as refused:
        form.add_error(refused.field or None, str(refused.message))
        return False
    messages.success(request, _("Signed. You can take it back here at any time."))
    return True
