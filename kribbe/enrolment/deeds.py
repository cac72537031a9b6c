"""What the audit trail says, in the words of the desk."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEEDS: Mapping[str, tuple[str | Promise, str]] = {
    "household.read": (_("Looked at the household"), "eye"),
    "household.export": (_("Took the household's data along as a file"), "download"),
    "household.registered": (_("Registered the household"), "user-plus"),
    "household.address_changed": (_("Changed the address"), "pencil"),
    "household.language_changed": (_("Changed the language"), "pencil"),
    "adult.changed": (_("Changed the data of an adult"), "pencil"),
    "child.added": (_("Added a child"), "baby"),
    "child.born": (_("Recorded a birth"), "baby"),
    "fact.recorded": (_("Recorded a fact about the household"), "clipboard-list"),
    "fact.ended": (_("Ended a fact about the household"), "clipboard-list"),
    "fact.reopened": (_("Undid the end of a fact"), "undo-2"),
    "request.register": (_("Registered a request"), "file-text"),
    "request.read": (_("Looked at a request"), "eye"),
    "request.change": (_("Changed the days or the start of a request"), "pencil"),
    "request.rank": (_("Changed the chosen locations"), "list-ordered"),
    "request.end": (_("Ended a request"), "circle-x"),
    "request.reopen": (_("Opened a request again"), "undo-2"),
    "preference.refuse": (_("Refused a place"), "ban"),
    "offer.make": (_("Offered a place"), "send"),
    "offer.accept": (_("Accepted an offer"), "circle-check"),
    "offer.decline": (_("Declined an offer"), "circle-x"),
    "offer.lapse": (_("An offer ran out"), "hourglass"),
    "offer.take_back": (_("Took an offer back"), "undo-2"),
    "placement.sign": (_("Signed for a place"), "badge-check"),
    "placement.deposit": (_("Recorded a deposit"), "coins"),
    "placement.lapse": (_("A place was not signed in time"), "hourglass"),
    "placement.leave": (_("Said that a child leaves"), "log-out"),
    "placement.leave_undone": (_("Undid that a child leaves"), "undo-2"),
    "placement.start_moved": (_("Moved a first day"), "calendar-days"),
    "placement.start_kept": (_("Kept a first day after the birth"), "calendar-check"),
    "placement.move_up": (_("Moved a child to the next group"), "arrow-up"),
    "placement.move_up_undone": (_("Undid a move to the next group"), "undo-2"),
    "direct.take": (_("Took a child directly"), "user-plus"),
    "direct.take_undone": (_("Undid a child taken directly"), "undo-2"),
    "direct.end": (_("Gave the end of a child taken directly"), "log-out"),
    "direct.seen": (_("Looked at a child taken directly"), "eye"),
    "direct.seen_undone": (_("Put a child taken directly back on the list"), "undo-2"),
    "free.said": (_("Gave the free places of a group"), "pencil"),
    "free.said_undone": (_("Undid the free places of a group"), "undo-2"),
    "register.visit": (_("Went through the register"), "clipboard-list"),
    "register.undo": (_("Undid a visit of the register"), "undo-2"),
    "location.confirm": (_("Confirmed the free places"), "check"),
    "location.confirm_undone": (_("Undid that the free places are confirmed"), "undo-2"),
    "letter.posted": (_("Posted a letter"), "mail"),
    "letter.posted_undone": (_("Noted that a letter wasn't posted after all"), "undo-2"),
    "figures.rows": (_("Looked at the families behind a figure"), "eye"),
    "report.fix": (_("Fixed a yearly report"), "file-text"),
    "expansion.add": (_("Opened an expansion file"), "plus"),
    "expansion.change": (_("Changed an expansion file"), "pencil"),
    "expansion.step": (_("Noted a step of an expansion file"), "circle-check"),
    "grant.add": (_("Noted a grant for places"), "coins"),
    "grant.paid": (_("Noted that a grant was paid"), "coins"),
    "licences.check": (_("Held a list of licences beside the register"), "upload"),
    "licences.settle": (_("Settled a difference with the list of licences"), "circle-check"),
    "licences.unsettle": (_("Opened a difference with the list of licences again"), "undo-2"),
    "task.add": (_("Kept a task"), "list-checks"),
    "task.done": (_("Did a task"), "check"),
    "task.reopen": (_("Undid the end of a task"), "undo-2"),
    "note.write": (_("Wrote a note"), "pencil"),
    "note.remove": (_("Removed a note"), "trash-2"),
    "note.restore": (_("Put a note back"), "undo-2"),
    "question.count": (_("Counted a question"), "circle-question-mark"),
    "question.drop": (_("Took a counted question back"), "undo-2"),
    "question.subjects": (_("Changed the subjects of questions"), "list"),
    "list.mark": (_("Noted rows of a work list as dealt with"), "check"),
    "list.unmark": (_("Put rows of a work list back"), "undo-2"),
    "role.granted": (_("Gave a role to an account"), "key-round"),
    "role.revoked": (_("Took a role from an account"), "key-round"),
    "desk.search": (_("Searched families"), "search"),
    "desk.list": (_("Looked at the families that wait for the desk"), "eye"),
    "desk.audit": (_("Looked at who did what"), "history"),
    "places.import": (_("Imported locations"), "upload"),
    "places.import_undo": (_("Undid an import of locations"), "undo-2"),
    "location.change": (_("Changed a location"), "building-2"),
    "location.criteria": (_("Published another order at a location"), "list-ordered"),
    "group.add": (_("Added a group"), "plus"),
    "group.change": (_("Changed a group"), "pencil"),
    "group.open": (_("Opened a group"), "play"),
    "group.close": (_("Closed a group"), "pause"),
    "capacity.set": (_("Set the places of a group"), "sliders-horizontal"),
    "capacity.drop": (_("Dropped a planned change of places"), "undo-2"),
    "closing.add": (_("Added closing days"), "calendar-x"),
    "closing.remove": (_("Removed closing days"), "calendar-check"),
}
"""What was done, and the icon beside it, by the action of the audit row."""


def deed(action: str) -> str:
    """An action in words; the name of the action itself where it has none."""
    return str(DEEDS[action][0]) if action in DEEDS else action


def deed_icon(action: str) -> str:
    """The icon beside an action."""
    return DEEDS[action][1] if action in DEEDS else "dot"
