from django.apps import AppConfig


class RegionConfig(AppConfig):
    name = "kribbe.region"
    label = "region"
