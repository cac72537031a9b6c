"""The language by the address: `?lang=fr` shows the page in French, and is remembered."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

PARAMETER = "lang"


class LanguageByAddress:
    """Goes before the language of cookie and browser; one that the installation doesn't speak is passed over."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        wanted = request.GET.get(PARAMETER, "")
        if wanted not in dict(settings.LANGUAGES):
            return self.get_response(request)
        translation.activate(wanted)
        request.LANGUAGE_CODE = wanted
        response = self.get_response(request)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, samesite="Lax")
        return response


def in_language(address: str, language: str) -> str:
    """The same address, shown in that language."""
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{PARAMETER}={language}"
