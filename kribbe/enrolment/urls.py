"""Addresses of requests, waiting lists, offers and placements."""

from kribbe.enrolment.urls_location import location_urls
from kribbe.enrolment.urls_office import office_urls
from kribbe.enrolment.urls_parent import parent_urls

app_name = "enrolment"
urlpatterns = [*parent_urls, *location_urls, *office_urls]
