"""Addresses of the demo alone."""

from django.urls import path

from kribbe.demo.pages import tablet

app_name = "demo"
urlpatterns = [path("demo/tablet/", tablet, name="tablet")]
