from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "kribbe.places"
    label = "places"
