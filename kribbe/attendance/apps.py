from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "kribbe.attendance"
    label = "attendance"

    def ready(self) -> None:
        """Hang the pages in the navigation, tell planning who came, and families what is kept."""
        from kribbe.attendance.exporting import tell_families
        from kribbe.attendance.forgetting import forget_families
        from kribbe.attendance.notice_kinds import register_kinds
        from kribbe.attendance.pages.navigation import register_locations, register_navigation
        from kribbe.attendance.selectors.came import read_came
        from kribbe.attendance.selectors.denied import denied, stays_of_absence
        from kribbe.attendance.selectors.guests import came
        from kribbe.attendance.services.spare_days import invite
        from kribbe.planning.selectors import held_absences
        from kribbe.planning.selectors.came import register_came
        from kribbe.planning.services.absences import register_denied
        from kribbe.planning.services.short_notice import watch_freed
        from kribbe.staff.services import stand_in
        from kribbe.trust.permissions import Action
        from kribbe.web import glances

        register_navigation()
        register_locations()
        tell_families()
        forget_families()
        register_came(read_came)
        register_denied(denied)
        held_absences.register_stays(stays_of_absence)
        held_absences.register_came(came)
        stand_in.register_came(came)
        register_kinds()
        glances.register("attendance:glance", Action.REGISTER_READ)
        watch_freed(invite)
