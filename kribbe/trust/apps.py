from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "kribbe.trust"
    label = "trust"
