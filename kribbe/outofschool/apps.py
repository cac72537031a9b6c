from django.apps import AppConfig


class OutOfSchoolConfig(AppConfig):
    name = "kribbe.outofschool"
    label = "outofschool"

    def ready(self) -> None:
        """Hang the pages in the navigation, name the notices, and tell families what is kept."""
        from kribbe.outofschool.exporting import tell_families
        from kribbe.outofschool.forgetting import forget_families
        from kribbe.outofschool.notice_kinds import register_kinds
        from kribbe.outofschool.pages.navigation import register_navigation
        from kribbe.outofschool.selectors.besides import lines
        from kribbe.people.besides import register_besides

        register_navigation()
        register_kinds()
        tell_families()
        forget_families()
        register_besides(lines)
