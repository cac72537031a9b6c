"""Which work lists this room has."""

from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.pages import list_lines as lines
from kribbe.enrolment.pages.lists import DeskList
from kribbe.enrolment.selectors import worklists as rows
from kribbe.enrolment.selectors.hand_over import TAKEN_OVER, not_looked_at
from kribbe.enrolment.selectors.proofs import sent_to_desk
from kribbe.web import worklists

CHILD = ("child__name_key",)
OFFERED = ("preference__request__child__name_key", "preference__location__name_key")

LISTS = (
    DeskList(
        name="urgent",
        label=_("Urgent, without an answer"),
        hint=_("Start soon and have no offer yet."),
        todo=_("Call a location that has room, or ask the family for other days or other locations."),
        when=_("Wants to start"),
        icon="triangle-alert",
        order=10,
        rows=rows.urgent,
        by="wanted_start",
        line=lines.request_line,
        names=CHILD,
        tone="bad",
    ),
    DeskList(
        name="vulnerable",
        label=_("Vulnerable families without an answer"),
        hint=_("By law they come first, and need help soonest."),
        todo=_(
            "Call the family, and look with it for a location that has room or keeps places for such families."
        ),
        when=_("Wants to start"),
        icon="hand-heart",
        order=20,
        rows=rows.vulnerable,
        by="wanted_start",
        line=lines.request_line,
        names=CHILD,
    ),
    DeskList(
        name=rows.LICENCE,
        label=_("Licence suspended or ended: whom to call"),
        hint=_("Families with a place, or waiting, at a location that may not go on."),
        todo=_("Call each family before it reads the news. Those with a place come first."),
        when=_("Birth"),
        icon="phone",
        order=5,
        rows=rows.to_call,
        by="name_key",
        line=lines.call_line,
        names=("name_key",),
        tone="bad",
        dealt=rows.called,
        calls=True,
    ),
    DeskList(
        name="running_out",
        label=_("Offers that run out"),
        hint=_("The family must answer within three days."),
        todo=_("Call the family: an offer that nobody answers is lost."),
        when=_("To answer by"),
        icon="hourglass",
        order=40,
        rows=rows.running_out,
        by="deadline",
        line=lines.offer_line,
        names=OFFERED,
    ),
    DeskList(
        name="ran_out",
        label=_("Offers that ran out"),
        hint=_("Nobody answered, and the family still asks."),
        todo=_("Call the family: did the offer reach them, and do they still look for a place?"),
        when=_("Ran out after"),
        icon="phone",
        order=50,
        rows=rows.ran_out,
        by="answered_at",
        descending=True,
        dealt=rows.ran_out_called,
        line=lines.offer_line,
        names=OFFERED,
    ),
    DeskList(
        name="to_sign",
        label=_("Reservations not signed"),
        hint=_("A place is certain only when it is signed."),
        todo=_("Help the family to sign, or to pay the deposit."),
        when=_("To sign by"),
        icon="pencil",
        order=60,
        rows=rows.to_sign,
        by="sign_by",
        line=lines.placement_line,
        names=("child__name_key", "group__location__name_key"),
    ),
    DeskList(
        name="drafts",
        label=_("Begun for a parent"),
        hint=_("Requests left half-way at the counter."),
        todo=_("Finish the request with the parent."),
        when=_("Last saved"),
        icon="file-text",
        order=80,
        rows=rows.drafts,
        by="saved_at",
        descending=True,
        line=lines.draft_line,
        tone="blue",
    ),
)


def register_work_lists() -> None:
    """Hang the lists on the clerk's first page."""
    for one in LISTS:
        worklists.register(one.registered())
    worklists.register(
        worklists.WorkList(
            "late",
            _("No answer within the term"),
            _("Wishes that a location should have answered."),
            "clock",
            "enrolment:list_late",
            rows=rows.late,
            order=30,
        )
    )
    worklists.register(
        worklists.WorkList(
            "proofs",
            _("Proofs that were sent"),
            _("Families sent what the desk asked."),
            "file-up",
            "enrolment:office_proofs",
            rows=sent_to_desk,
            order=75,
        )
    )
    worklists.register(
        worklists.WorkList(
            TAKEN_OVER,
            _("Families taken over"),
            _("Another desk handed them over: open their page."),
            "handshake",
            "enrolment:hand_overs",
            rows=lambda desk_id, _now: not_looked_at(desk_id),
            order=55,
        )
    )
