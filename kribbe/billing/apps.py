from django.apps import AppConfig
from django.conf import settings


class BillingConfig(AppConfig):
    name = "kribbe.billing"
    label = "billing"

    def ready(self) -> None:
        """Hang the pages in the navigation, offer notices and documents, and tell families what is kept."""
        from kribbe.attendance.services.spare_days import watch_taken
        from kribbe.billing.attachments import register_attachments
        from kribbe.billing.exporting import tell_families
        from kribbe.billing.forgetting import forget_families
        from kribbe.billing.lookup import register_fee_register
        from kribbe.billing.lookup.demo import DemoRegister
        from kribbe.billing.notice_kinds import register_kinds
        from kribbe.billing.online import register_provider
        from kribbe.billing.online.demo import DemoProvider
        from kribbe.billing.pages.navigation import register_navigation
        from kribbe.billing.selectors.ending import ending_certificates
        from kribbe.billing.selectors.foretold import Foretold
        from kribbe.billing.selectors.paper_money import PaperMoney
        from kribbe.billing.services.following import payers_follow
        from kribbe.billing.services.payers import carry_payers, keep_day_care
        from kribbe.planning.selectors.bill_prices import register_pricer
        from kribbe.planning.selectors.paper_money import register_teller
        from kribbe.trust.watching import watch_follows, watch_households
        from kribbe.web import expiring

        register_navigation()
        register_kinds()
        register_attachments()
        tell_families()
        forget_families()
        watch_follows(carry_payers)
        watch_households(payers_follow)
        watch_taken(keep_day_care)
        register_pricer(Foretold())
        register_teller(PaperMoney())
        expiring.register("fee_certificates", ending_certificates)
        if settings.DEMO:
            register_provider(DemoProvider())
            register_fee_register(DemoRegister())
