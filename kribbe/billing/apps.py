from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "kribbe.billing"
    label = "billing"

    def ready(self) -> None:
        """Hang the pages in the navigation."""
        from kribbe.billing.after import register_after
        from kribbe.billing.pages.navigation import register_navigation

        register_navigation()
        register_after()
