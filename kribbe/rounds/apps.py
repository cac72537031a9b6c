from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "kribbe.rounds"
    label = "rounds"
