"""Getting ready to work with the database."""


def prepare() -> None:
    """Start the database if it is the embedded one, and load Django."""
    import django
    from django.conf import settings

    from kribbe.config import embedded

    if settings.ENVIRONMENT.database_url is None:
        embedded.ensure(settings.ENVIRONMENT.data_dir)
    django.setup()
