from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactConfig(AppConfig):
    name = "kribbe.contact"
    label = "contact"

    def ready(self) -> None:
        """Hang messages and letters in the navigation."""
        from kribbe.contact.exporting import tell_families
        from kribbe.contact.selectors import letters_to_post, unread_count
        from kribbe.people.navigation import desk_here, own_household_only
        from kribbe.trust.principal import PARENTS, Scope
        from kribbe.web import worklists
        from kribbe.web.navigation import NavItem, register

        tell_families()

        def unread(request: Any) -> int:
            return unread_count(request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS))

        register(
            NavItem(
                _("Messages"),
                "contact:messages",
                "mail",
                "parent",
                order=60,
                badge=unread,
                arguments=own_household_only,
            )
        )
        register(
            NavItem(
                _("Letters"),
                "contact:letters",
                "printer",
                "desk",
                order=60,
                action="desk.letters",
                arguments=desk_here,
            )
        )
        for label, url_name, icon, order in (
            (_("Tasks"), "contact:tasks", "list-checks", 30),
            (_("Questions"), "contact:questions", "circle-question-mark", 65),
        ):
            register(
                NavItem(label, url_name, icon, "desk", order=order, action="desk.tasks", arguments=desk_here)
            )
        worklists.register(
            worklists.WorkList(
                "letters",
                _("Letters to post"),
                _("For families without a mail address."),
                "printer",
                "contact:letters",
                count=letters_to_post,
                order=70,
                tone="blue",
            )
        )
