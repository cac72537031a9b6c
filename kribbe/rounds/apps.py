from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "kribbe.rounds"
    label = "rounds"

    def ready(self) -> None:
        """Hang the pages in the navigation and the lists on the first page, and tell families what is kept."""
        from kribbe.rounds.exporting import tell_families
        from kribbe.rounds.pages.navigation import register_navigation
        from kribbe.rounds.pages.waiting import register_work_lists

        register_navigation()
        register_work_lists()
        tell_families()
