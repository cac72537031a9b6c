"""What a list of wishes must be."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kribbe.places.models import Location
from kribbe.trust.errors import RefusedError


def check_wishes(
    location_ids: Sequence[int],
    max_wishes: int | None,
    *,
    region_id: int | None = None,
    standing: Collection[int] = (),
) -> None:
    """Raise RefusedError on a doubled wish, too many, none, or a location that isn't there (in that region).

    One that is stopped can't be chosen; where a child waits already (`standing`), it may go on waiting.
    """
    if not location_ids:
        raise RefusedError(_("Choose at least one location."), field="wishes")
    if len(set(location_ids)) < len(location_ids):
        raise RefusedError(_("The same location is in the list twice."), field="wishes")
    if max_wishes is not None and len(location_ids) > max_wishes:
        text = ngettext(
            "Choose at most %(allowed)s location; there are %(given)s.",
            "Choose at most %(allowed)s locations; there are %(given)s.",
            max_wishes,
        )
        raise RefusedError(text % {"allowed": max_wishes, "given": len(location_ids)}, field="wishes")
    known = Location.objects.filter(pk__in=location_ids, active=True)
    if region_id is not None:
        known = known.filter(desk__region=region_id)
    if sum(each.takes_children or each.pk in standing for each in known) < len(location_ids):
        raise RefusedError(_("One of these locations takes no requests any more. Remove it."), field="wishes")
