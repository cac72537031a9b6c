from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "kribbe.enrolment"
    label = "enrolment"

    def ready(self) -> None:
        """Hang the pages in the navigation, and watch what households change of themselves."""
        from kribbe.contact.links import register_topics
        from kribbe.enrolment.exporting import tell_families
        from kribbe.enrolment.forgetting import forget_families
        from kribbe.enrolment.notice_kinds import register_kinds
        from kribbe.enrolment.pages.list_table import register_work_lists
        from kribbe.enrolment.pages.location_navigation import register_location_navigation, register_waiting
        from kribbe.enrolment.pages.office_free import register_free_lists
        from kribbe.enrolment.pages.office_navigation import register_office_navigation
        from kribbe.enrolment.pages.parent_navigation import register_parent_navigation
        from kribbe.enrolment.selectors.topics import topics_of_household
        from kribbe.enrolment.services.consents import tell_family
        from kribbe.enrolment.services.positions import household_watched
        from kribbe.trust.watching import watch_consents, watch_households

        watch_households(household_watched)
        watch_consents(tell_family)
        tell_families()
        forget_families()
        register_kinds()
        register_topics(topics_of_household)
        register_parent_navigation()
        register_location_navigation()
        register_waiting()
        register_office_navigation()
        register_work_lists()
        register_free_lists()
