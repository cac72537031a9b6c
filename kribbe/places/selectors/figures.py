"""What a desk's own locations have, counted for everybody to see."""

from datetime import date

from django.db import connection
from django.utils.translation import gettext as _

from kribbe.region.figures import Figure
from kribbe.region.models import Desk
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.web.templatetags.telling import month_name, number


def desk_figures(desk: Desk, today: date) -> list[Figure]:
    """Places, locations, and half-days of a week with a place free next month."""
    following = add_months(first_of_month(today), 1)
    with connection.cursor() as cursor:
        cursor.execute(
            QUERY,
            {"desk": desk.pk, "today": today, "month": following.year * 12 + following.month},
        )
        locations, places, free = cursor.fetchone() or (0, 0, 0)
    return [
        Figure(_("locations"), number(locations), _("day-care centres and family carers"), "house"),
        Figure(_("places"), number(places), _("with a carer, on a half-day"), "users"),
        Figure(_("half-days free"), number(free), month_name(following), "calendar-check"),
    ]


QUERY = """
SELECT count(DISTINCT location.id), coalesce(sum(capacity.staffed_places), 0),
       coalesce(sum(bit_count(substring(availability.free FROM
           (%(month)s - (extract(year FROM availability.first_month) * 12
                       + extract(month FROM availability.first_month))::int) * 14 + 1 FOR 14))), 0)
FROM places_location location
LEFT JOIN places_group groups ON groups.location_id = location.id AND groups.active
LEFT JOIN places_groupcapacity capacity ON capacity.group_id = groups.id AND capacity.during @> %(today)s::date
LEFT JOIN places_groupavailability availability ON availability.group_id = groups.id
     AND availability.first_month <= %(today)s::date
WHERE location.desk_id = %(desk)s AND location.active AND location.licence_state IN ('licensed', 'unknown')
"""
