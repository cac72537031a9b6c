"""Tables: what was told, conversations, visits, tasks, notes, questions, and how a desk wants to talk."""

from kribbe.contact.models.notices import Letter, Mail, MailState, Notice
from kribbe.contact.models.policy import ContactPolicy, DeskText
from kribbe.contact.models.tasks import (
    Channel,
    ListMark,
    Note,
    Question,
    QuestionLanguage,
    QuestionSubject,
    Task,
)
from kribbe.contact.models.threads import Post, Side, Thread
from kribbe.contact.models.visits import CalendarFeed, VisitBooking, VisitMoment, VisitState

__all__ = [
    "CalendarFeed",
    "Channel",
    "ContactPolicy",
    "DeskText",
    "Letter",
    "ListMark",
    "Mail",
    "MailState",
    "Note",
    "Notice",
    "Post",
    "Question",
    "QuestionLanguage",
    "QuestionSubject",
    "Side",
    "Task",
    "Thread",
    "VisitBooking",
    "VisitMoment",
    "VisitState",
]
