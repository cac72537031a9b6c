from django.apps import AppConfig


class BankingConfig(AppConfig):
    name = "kribbe.banking"
    label = "banking"

    def ready(self) -> None:
        """Hang the pages in the navigation."""
        from kribbe.banking.pages.navigation import register_navigation

        register_navigation()
