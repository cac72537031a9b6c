"""The app of the design system and the shell."""

from django.apps import AppConfig

from kribbe.web.remedies import name_remedies


class WebConfig(AppConfig):
    """Registered as `web`."""

    name = "kribbe.web"
    label = "web"

    def ready(self) -> None:
        """Form errors name what to do."""
        name_remedies()
