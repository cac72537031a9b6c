from django.apps import AppConfig


class TaxesConfig(AppConfig):
    name = "kribbe.taxes"
    label = "taxes"

    def ready(self) -> None:
        """Hang the pages in the navigation, name the notices, and tell families what is kept."""
        from kribbe.taxes.exporting import tell_families
        from kribbe.taxes.forgetting import forget_families
        from kribbe.taxes.notice_kinds import register_kinds
        from kribbe.taxes.pages.navigation import register_navigation

        register_navigation()
        register_kinds()
        tell_families()
        forget_families()
