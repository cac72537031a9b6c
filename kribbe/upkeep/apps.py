from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "kribbe.upkeep"
    label = "upkeep"

    def ready(self) -> None:
        """Hang the work lists, look at every child that is registered, tell families what is kept, ask on paper."""
        from kribbe.contact.on_paper import register_on_paper, register_sent_again
        from kribbe.trust.watching import watch_newcomers
        from kribbe.upkeep.exporting import tell_families
        from kribbe.upkeep.forgetting import forget_families
        from kribbe.upkeep.notice_kinds import register_kinds
        from kribbe.upkeep.pages.work_lists import register_work_lists
        from kribbe.upkeep.selectors.arrived import QUESTIONS
        from kribbe.upkeep.services.ask_again import ask_by_mail_again, ask_on_paper
        from kribbe.upkeep.services.find_pairs import find_for

        watch_newcomers(find_for)
        register_work_lists()
        tell_families()
        forget_families()
        register_kinds()
        for kind in QUESTIONS:
            register_on_paper(kind, ask_on_paper)
            register_sent_again(kind, ask_by_mail_again)
