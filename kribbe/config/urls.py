"""Every address of the desk."""

from django.urls import include, path

from kribbe.api import health

handler400 = "kribbe.web.errors.bad_request"
handler403 = "kribbe.web.errors.forbidden"
handler404 = "kribbe.web.errors.not_found"
handler500 = "kribbe.web.errors.server_error"

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("api/", include("kribbe.api.urls")),
    path("_web/", include("kribbe.web.urls")),
    path("_language/", include("django.conf.urls.i18n")),
    path("account/", include("allauth.urls")),
    path("", include("kribbe.people.urls")),
    path("", include("kribbe.contact.urls")),
    path("", include("kribbe.policy.urls")),
    path("", include("kribbe.upkeep.urls")),
    path("", include("kribbe.rounds.urls")),
    path("", include("kribbe.attendance.urls")),
    path("", include("kribbe.demo.urls")),
    path("", include("kribbe.staff.urls")),
    path("", include("kribbe.planning.urls")),
    path("", include("kribbe.outofschool.urls")),
    path("", include("kribbe.sickcare.urls")),
    path("", include("kribbe.billing.urls")),
    path("", include("kribbe.banking.urls")),
    path("", include("kribbe.taxes.urls")),
    path("", include("kribbe.enrolment.urls")),
    path("", include("kribbe.places.urls")),
    path("", include("kribbe.region.urls")),
]
