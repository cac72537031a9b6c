from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "kribbe.contact"
    label = "contact"
