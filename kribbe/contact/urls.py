"""Addresses of messages, conversations, visits, letters and the demo's mailbox."""

from django.urls import path

from kribbe.contact.pages import (
    feeds,
    letters,
    location_visits,
    mailbox,
    messages,
    policy,
    questions,
    tasks,
    texts,
    threads,
    told,
    undelivered,
    visits,
)
from kribbe.contact.pages.seats import as_desk, as_household, as_location

app_name = "contact"

_told = [
    path("my/messages/", messages.messages, name="messages"),
    path("my/messages/<str:reference>/", messages.message, name="message"),
]

_letters = [
    path("office/<slug:desk>/told/", as_desk(told.told), name="office_told"),
    path("at/<slug:slug>/told/", as_location(told.told), name="location_told"),
    path("office/<slug:desk>/letters/", letters.letters, name="letters"),
    path("office/<slug:desk>/letters/print/", letters.print_letters, name="print_letters"),
    path("office/<slug:desk>/letters/posted/", letters.post_many, name="post_letters"),
    path("office/<slug:desk>/letters/<str:reference>/", letters.letter, name="letter"),
    path("office/<slug:desk>/letters/<str:reference>/post/", letters.post, name="post_letter"),
    path("office/<slug:desk>/letters/<str:reference>/undo/", letters.undo_post, name="undo_post"),
    path("office/<slug:desk>/settings/contact/", policy.policy, name="policy"),
    path("office/<slug:desk>/texts/", texts.texts, name="texts"),
    path("office/<slug:desk>/texts/<slug:room>/<slug:name>/<slug:language>/", texts.text, name="text"),
    path(
        "office/<slug:desk>/texts/<slug:room>/<slug:name>/<slug:language>/reset/",
        texts.reset_text,
        name="reset_text",
    ),
    path("office/<slug:desk>/undelivered/", undelivered.undelivered, name="undelivered"),
    path("office/<slug:desk>/undelivered/<int:mail>/", undelivered.undelivered_mail, name="undelivered_mail"),
    path("office/<slug:desk>/undelivered/<int:mail>/letter/", undelivered.post_instead, name="post_instead"),
    path("office/<slug:desk>/undelivered/<int:mail>/aside/", undelivered.set_aside, name="set_aside"),
    path("office/<slug:desk>/tasks/", tasks.tasks, name="tasks"),
    path("office/<slug:desk>/tasks/new/", tasks.new_task, name="new_task"),
    path("office/<slug:desk>/tasks/<int:task>/done/", tasks.task_done, name="task_done"),
    path("office/<slug:desk>/tasks/<int:task>/undo/", tasks.task_undo, name="task_undo"),
    path("office/<slug:desk>/notes/new/", tasks.new_note, name="new_note"),
    path("office/<slug:desk>/notes/<int:note>/remove/", tasks.note_remove, name="note_remove"),
    path("office/<slug:desk>/notes/<int:note>/restore/", tasks.note_restore, name="note_restore"),
    path("office/<slug:desk>/locations/<slug:slug>/notes/", tasks.location_work, name="location_work"),
    path("office/<slug:desk>/questions/", questions.questions, name="questions"),
    path("office/<slug:desk>/questions/subjects/", questions.question_subjects, name="question_subjects"),
    path("office/<slug:desk>/questions/<int:question>/drop/", questions.question_drop, name="question_drop"),
]

_mailbox = [
    path("demo/mail/", mailbox.mailbox, name="mailbox"),
    path("demo/mail/<int:mail>/", mailbox.mail, name="mail"),
]

_seats = (
    ("my/", "", as_household),
    ("at/<slug:slug>/", "location_", as_location),
    ("office/<slug:desk>/", "office_", as_desk),
)

_threads = [
    path(f"{place}conversations/{rest}", seated(view), name=f"{prefix}{name}")
    for place, prefix, seated in _seats
    for rest, view, name in (
        ("", threads.threads, "threads"),
        ("new/", threads.new_thread, "new_thread"),
        ("<str:reference>/", threads.thread, "thread"),
        ("<str:reference>/withdraw/<int:post>/", threads.withdraw_post, "withdraw_post"),
        ("<str:reference>/desk/", threads.ask_desk, "ask_desk"),
    )
    if (name, prefix) != ("ask_desk", "office_")
]

_visits = [
    path("my/visits/", as_household(visits.visits), name="visits"),
    path("my/visits/feed/", as_household(feeds.make_feed), name="make_feed"),
    path("my/visits/feed/stop/", as_household(feeds.revoke_feed), name="revoke_feed"),
    path("my/visits/book/<str:reference>/", as_household(visits.book), name="book_visit"),
    path("my/visits/<str:reference>/move/", as_household(visits.move), name="move_visit"),
    path("my/visits/<str:reference>/cancel/", as_household(visits.cancel), name="cancel_visit"),
    path("at/<slug:slug>/visits/", as_location(location_visits.visits), name="location_visits"),
    path("at/<slug:slug>/visits/feed/", as_location(feeds.make_feed), name="location_make_feed"),
    path("at/<slug:slug>/visits/feed/stop/", as_location(feeds.revoke_feed), name="location_revoke_feed"),
    path(
        "at/<slug:slug>/visits/<str:reference>/move/",
        as_location(location_visits.move_moment),
        name="location_move_moment",
    ),
    path(
        "at/<slug:slug>/visits/<str:reference>/off/",
        as_location(location_visits.cancel_moment),
        name="location_cancel_moment",
    ),
    path("calendar/<slug:token>.ics", feeds.feed, name="feed"),
]

urlpatterns = [*_told, *_letters, *_threads, *_visits, *_mailbox]
