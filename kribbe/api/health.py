"""Is the process alive, and is it ready to serve?"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse


def livez(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """The database answers too."""
    try:
        connection.cursor().execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
