from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "kribbe.places"
    label = "places"

    def ready(self) -> None:
        from kribbe.places import shell

        shell.hang()
