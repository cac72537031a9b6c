"""The request as views see it, after the middleware."""

from django.http import HttpRequest

from kribbe.trust.principal import Principal


class Request(HttpRequest):
    """A request whose principal is known."""

    principal: Principal
