from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "kribbe.places"
    label = "places"

    def ready(self) -> None:
        from kribbe.places import shell
        from kribbe.places.pages.location_navigation import register_location_navigation

        shell.hang()
        register_location_navigation()
