"""Addresses of messages, letters and the demo's mailbox."""

from django.urls import path

from kribbe.contact.pages import letters, mailbox, messages

app_name = "contact"
urlpatterns = [
    path("my/messages/", messages.messages, name="messages"),
    path("my/messages/<str:reference>/", messages.message, name="message"),
    path("office/<slug:desk>/letters/", letters.letters, name="letters"),
    path("office/<slug:desk>/letters/<str:reference>/", letters.letter, name="letter"),
    path("office/<slug:desk>/letters/<str:reference>/post/", letters.post, name="post_letter"),
    path("office/<slug:desk>/letters/<str:reference>/undo/", letters.undo_post, name="undo_post"),
    path("demo/mail/", mailbox.mailbox, name="mailbox"),
    path("demo/mail/<int:mail>/", mailbox.mail, name="mail"),
]
