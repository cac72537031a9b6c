from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "kribbe.rounds"
    label = "rounds"

    def ready(self) -> None:
        """Hang the pages in the navigation, tell families what is kept, and let chances know of rounds."""
        from kribbe.enrolment.selectors.chance.joint import register
        from kribbe.rounds.exporting import tell_families
        from kribbe.rounds.forgetting import forget_families
        from kribbe.rounds.pages.navigation import register_navigation
        from kribbe.rounds.pages.waiting import register_work_lists
        from kribbe.rounds.selectors.together import rounds_at

        register_navigation()
        register_work_lists()
        tell_families()
        forget_families()
        register(rounds_at)
