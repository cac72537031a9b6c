"""What a household can talk about with whom: its requests, and the locations that they name."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kribbe.contact.links import Topic
from kribbe.enrolment.models import Offer, OfferState, Placement, PlacementState, Preference, PreferenceState
from kribbe.enrolment.selectors.stays import stays
from kribbe.enrolment.templatetags.enrolment import called
from kribbe.people.models import Child

CHOSEN = (PreferenceState.WAITING, PreferenceState.PLACED, PreferenceState.REPLACED, PreferenceState.REFUSED)


def topics_of_household(household_id: int) -> Iterator[Topic]:
    """A topic for each open request, with the locations chosen or that offered; one for each stay.

    Children go by their first name: a location reads these words too.
    """
    wishes = Preference.objects.filter(
        request__household=household_id, request__state="open", state__in=CHOSEN
    ).select_related("request__child")
    chosen: dict[int, set[int]] = defaultdict(set)
    requests = {}
    for wish in wishes.order_by("request", "rank"):
        requests[wish.request_id] = wish.request
        chosen[wish.request_id].add(wish.location_id)
    offering = Offer.objects.filter(preference__request__in=requests, state=OfferState.OPEN)
    for request_id, location_id in offering.values_list("preference__request", "preference__location"):
        chosen[request_id].add(location_id)
    for key, request in requests.items():
        label = _("The request for %s") % called(request.child)
        yield Topic(f"request:{key}", label, frozenset(chosen[key]))
    yield from _places(household_id)


def _places(household_id: int) -> Iterator[Topic]:
    held = Placement.objects.filter(
        child__household=household_id, state__in=[PlacementState.TO_SIGN, PlacementState.FINAL]
    ).select_related("child", "group__location")
    for stay in stays(held.order_by("pk"), localdate()):
        placement = stay.pieces[0]
        child: Child = placement.child
        location = placement.group.location
        label = _("The place of %(child)s at %(location)s") % {
            "child": called(child),
            "location": location.name,
        }
        yield Topic(f"placement:{placement.pk}", label, frozenset({location.pk}))
