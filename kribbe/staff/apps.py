from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "kribbe.staff"
    label = "staff"

    def ready(self) -> None:
        """Hang the pages in the navigation, and let planning read the roster."""
        from kribbe.planning.selectors.rostered import register_roster
        from kribbe.staff.pages.navigation import register_navigation
        from kribbe.staff.selectors.needs import rostered_halves

        register_navigation()
        register_roster(rostered_halves)
