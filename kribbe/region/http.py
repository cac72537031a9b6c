"""The request as views of a desk see it."""

from kribbe.region.models import Desk
from kribbe.trust.http import Request


class DeskRequest(Request):
    """A request within a desk: found by the `desk` part of its address, or the last desk visited."""

    desk: Desk
