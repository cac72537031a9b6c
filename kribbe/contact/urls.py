"""Addresses of messages, letters and the demo's mailbox."""

from django.urls import path

from kribbe.contact.pages import letters, mailbox, messages, questions, tasks

app_name = "contact"
urlpatterns = [
    path("my/messages/", messages.messages, name="messages"),
    path("my/messages/<str:reference>/", messages.message, name="message"),
    path("office/<slug:desk>/letters/", letters.letters, name="letters"),
    path("office/<slug:desk>/letters/<str:reference>/", letters.letter, name="letter"),
    path("office/<slug:desk>/letters/<str:reference>/post/", letters.post, name="post_letter"),
    path("office/<slug:desk>/letters/<str:reference>/undo/", letters.undo_post, name="undo_post"),
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
    path("demo/mail/", mailbox.mailbox, name="mailbox"),
    path("demo/mail/<int:mail>/", mailbox.mail, name="mail"),
]
