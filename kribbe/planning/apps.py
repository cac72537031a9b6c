from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "kribbe.planning"
    label = "planning"

    def ready(self) -> None:
        """Hang the pages in the navigation, fill calendars, offer the notices, and tell families what is kept."""
        from kribbe.contact.services.feeds import register_events
        from kribbe.planning.exporting import tell_families
        from kribbe.planning.forgetting import forget_families
        from kribbe.planning.notice_kinds import register_kinds
        from kribbe.planning.pages.navigation import register_locations, register_navigation
        from kribbe.planning.selectors.child_file import files_to_look_at
        from kribbe.planning.selectors.feed import care_days
        from kribbe.planning.services.calendar import stay_laid
        from kribbe.planning.services.closings import families_of_closing, tell_closing
        from kribbe.planning.services.following import follow, keep_days, let_go
        from kribbe.planning.services.moving import carry_on
        from kribbe.planning.services.restoring import put_back
        from kribbe.trust.watching import (
            watch_closings,
            watch_ends,
            watch_follows,
            watch_moves,
            watch_restores,
            watch_stays,
        )
        from kribbe.web import expiring

        register_navigation()
        register_locations()
        tell_families()
        forget_families()
        register_kinds()
        register_events(care_days)
        watch_moves(carry_on)
        watch_stays(stay_laid)
        watch_stays(keep_days)
        watch_follows(follow)
        watch_ends(let_go)
        watch_restores(put_back)
        watch_closings(tell_closing, families_of_closing)
        expiring.register("child_files", files_to_look_at)
