"""Online payment: a provider is a small plugin. It begins a payment on its own pages, and later says how it ended.

A provider of one's own: a class of `Provider`, registered in an AppConfig's ready by `register_provider`.
"""

from abc import ABC, abstractmethod

from django.utils.functional import Promise

from kribbe.billing.models import OnlinePayment, OnlineState


class ProviderError(Exception):
    """The provider didn't answer, or not in a way that can be understood. Nothing is known then."""


class Provider(ABC):
    """Somebody who takes payments online."""

    name: str
    label: str | Promise

    @abstractmethod
    def begin(self, payment: OnlinePayment, *, return_url: str) -> str:
        """The address to which the payer goes on. It comes back to `return_url`. Or ProviderError."""

    @abstractmethod
    def state(self, payment: OnlinePayment) -> OnlineState:
        """How the payment stands, asked of the provider itself; never of what the payer's browser says."""


_providers: dict[str, Provider] = {}


def register_provider(provider: Provider) -> None:
    """Adds a provider; the same name again replaces it."""
    _providers[provider.name] = provider


def providers() -> list[Provider]:
    """Those a payer can choose from, by name."""
    return [_providers[name] for name in sorted(_providers)]


def provider_of(name: str) -> Provider | None:
    """The provider of that name; None where there is none (any more)."""
    return _providers.get(name)
