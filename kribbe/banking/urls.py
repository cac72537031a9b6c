"""Addresses of banking: what the bank told an organiser."""

app_name = "banking"
urlpatterns: list[object] = []
