"""Reading regions, desks and their policies."""

from datetime import date

from kribbe.region.models import Desk, DeskPolicy


def desk_by_slug(slug: str) -> Desk | None:
    """The desk with this address, or None."""
    return Desk.objects.select_related("municipality", "region").filter(slug=slug).first()


def policy_on(desk: Desk | int, day: date) -> DeskPolicy:
    """What the desk (or the one of that id) had decided for that day; raises DeskPolicy.DoesNotExist if nothing."""
    return DeskPolicy.objects.get(desk=desk, during__contains=day)
