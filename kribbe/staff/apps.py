from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "kribbe.staff"
    label = "staff"

    def ready(self) -> None:
        """Hang the pages in the navigation."""
        from kribbe.staff.pages.navigation import register_navigation

        register_navigation()
