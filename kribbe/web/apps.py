"""The app of the design system and the shell."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registered as `web`."""

    name = "kribbe.web"
    label = "web"
