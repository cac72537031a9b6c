"""The web room's own addresses, so that its tests stand without the rooms above."""

from django.urls import include, path

urlpatterns = [
    path("_web/", include("kribbe.web.urls")),
    path("_language/", include("django.conf.urls.i18n")),
]
