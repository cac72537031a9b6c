"""The provider of the demo: its page is one of ours, and it remembers its answers as long as it runs."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import OnlinePayment, OnlineState
from kribbe.billing.online import Provider

_answers: dict[str, OnlineState] = {}


class DemoProvider(Provider):
    """Takes no money: whoever pays chooses how it ends."""

    name = "demo"
    label = _("Pay online (demo)")

    def begin(self, payment: OnlinePayment, *, return_url: str) -> str:
        return reverse("billing:demo_payment", args=[payment.reference])

    def state(self, payment: OnlinePayment) -> OnlineState:
        return _answers.get(payment.reference, OnlineState.BEGUN)

    def answer(self, payment: OnlinePayment, state: OnlineState) -> None:
        """What the payer chose."""
        _answers[payment.reference] = state
