from django.apps import AppConfig


class SickCareConfig(AppConfig):
    name = "kribbe.sickcare"
    label = "sickcare"

    def ready(self) -> None:
        """Hang the pages in the navigation, name the notices, and tell families what is kept."""
        from kribbe.people.besides import register_besides
        from kribbe.sickcare.exporting import tell_families
        from kribbe.sickcare.forgetting import forget_families
        from kribbe.sickcare.notice_kinds import register_kinds
        from kribbe.sickcare.pages.navigation import register_navigation
        from kribbe.sickcare.selectors import lines

        register_navigation()
        register_kinds()
        tell_families()
        forget_families()
        register_besides(lines)
