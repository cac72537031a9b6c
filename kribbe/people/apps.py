from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "kribbe.people"
    label = "people"

    def ready(self) -> None:
        """Hang the entries of the account in the navigation."""
        from allauth.mfa.signals import authenticator_added
        from django.contrib.auth.signals import user_logged_in

        import kribbe.people.lookups  # noqa: F401  (makes the lookup known)
        from kribbe.people.access import may_in_navigation
        from kribbe.people.exporting import tell_families
        from kribbe.people.forgetting import forget_families
        from kribbe.people.middleware import accept_new_factor, stay_as_usual
        from kribbe.people.navigation import desk_here, own_household_only, staff_only
        from kribbe.web.navigation import NavItem, register, register_action_check

        tell_families()
        forget_families()
        authenticator_added.connect(accept_new_factor, dispatch_uid="people.accept_new_factor")
        user_logged_in.connect(stay_as_usual, dispatch_uid="people.stay_as_usual")
        register_action_check(may_in_navigation)
        register(
            NavItem(_("My data"), "people:my_data", "user", "account", order=5, arguments=own_household_only)
        )
        register(NavItem(_("My first page"), "people:start", "house", "account", order=10))
        register(
            NavItem(_("Second factor"), "mfa_index", "shield", "account", order=20, arguments=staff_only)
        )
        register(
            NavItem(
                _("Password"),
                "account_change_password",
                "key-round",
                "account",
                order=30,
                arguments=staff_only,
            )
        )
        register(
            NavItem(
                _("Referrers"),
                "people:referrers",
                "handshake",
                "admin",
                order=65,
                action="desk.referrers",
                arguments=desk_here,
            )
        )
        register(
            NavItem(
                _("Roles"),
                "people:roles",
                "users",
                "admin",
                order=60,
                action="desk.settings",
                arguments=desk_here,
            )
        )
