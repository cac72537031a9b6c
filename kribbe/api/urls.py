"""Addresses for other programs, and their reference."""

from django.urls import path

from kribbe.api import reference
from kribbe.api.v1 import api

_patterns, _, _ = api.urls
CALLS = [pattern for pattern in _patterns if getattr(pattern, "name", "") != "api-root"]

urlpatterns = [
    path("", reference.reference, name="api_reference"),
    path("v1/", (CALLS, "api", "api")),
]
