from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "kribbe.policy"
    label = "policy"

    def ready(self) -> None:
        """Hang the pages in the navigation and the differences with the list of licences among the work lists."""
        from kribbe.policy.pages.navigation import register_policy_navigation

        register_policy_navigation()
