from django.apps import AppConfig


class RegionConfig(AppConfig):
    name = "kribbe.region"
    label = "region"

    def ready(self) -> None:
        from kribbe.region import shell

        shell.hang()
