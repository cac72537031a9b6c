"""The app of the doors for other programs."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registered as `api`."""

    name = "kribbe.api"
    label = "api"
