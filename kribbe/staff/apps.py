from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "kribbe.staff"
    label = "staff"

    def ready(self) -> None:
        """Hang the pages in the navigation, let planning read the roster, tell which papers end and what is kept."""
        from kribbe.planning.selectors.at_home import register_at_home
        from kribbe.planning.selectors.elsewhere import register_elsewhere
        from kribbe.planning.selectors.rostered import register_roster
        from kribbe.staff.exporting import tell_families
        from kribbe.staff.forgetting import forget_families
        from kribbe.staff.notice_kinds import register_kinds
        from kribbe.staff.pages.navigation import register_navigation
        from kribbe.staff.selectors.documents import ending_papers
        from kribbe.staff.selectors.home import children_at_home
        from kribbe.staff.selectors.needs import rostered_halves
        from kribbe.staff.selectors.stand_in import stand_ins
        from kribbe.staff.services.following import follow, keep_days
        from kribbe.trust.watching import watch_follows, watch_stays
        from kribbe.web import expiring

        register_navigation()
        tell_families()
        forget_families()
        register_roster(rostered_halves)
        register_at_home(children_at_home)
        register_elsewhere(stand_ins)
        register_kinds()
        watch_follows(follow)
        watch_stays(keep_days)
        expiring.register("staff", ending_papers)
        expiring.register_page("staff:documents")
