from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "kribbe.contact"
    label = "contact"

    def ready(self) -> None:
        """Hang the room's pages in the navigation, and what waits in the work lists."""
        from kribbe.contact.exporting import tell_families
        from kribbe.contact.forgetting import forget_families
        from kribbe.contact.own_kinds import register_own_kinds
        from kribbe.contact.pages.navigation import register_navigation
        from kribbe.contact.services.feeds import end_feed_of
        from kribbe.trust.watching import watch_log_ins

        tell_families()
        forget_families()
        register_navigation()
        register_own_kinds()
        watch_log_ins(end_feed_of)
