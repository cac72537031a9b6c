from django.apps import AppConfig


class BankingConfig(AppConfig):
    name = "kribbe.banking"
    label = "banking"

    def ready(self) -> None:
        """Hang the pages in the navigation, offer the notice, and tell families and billing what is kept."""
        from kribbe.banking.exporting import tell_families
        from kribbe.banking.forgetting import forget_families
        from kribbe.banking.notice_kinds import register_kinds
        from kribbe.banking.pages.navigation import register_navigation
        from kribbe.banking.selectors.expected import leaving
        from kribbe.billing.selectors.net import register_leaving

        register_navigation()
        register_kinds()
        tell_families()
        forget_families()
        register_leaving(leaving)
