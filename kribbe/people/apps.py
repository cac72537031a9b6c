from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "kribbe.people"
    label = "people"
