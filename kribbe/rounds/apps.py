from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "kribbe.rounds"
    label = "rounds"

    def ready(self) -> None:
        """Hang the pages in the navigation."""
        from kribbe.rounds.pages.navigation import register_navigation

        register_navigation()
