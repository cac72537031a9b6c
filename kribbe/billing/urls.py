"""Addresses of billing: what an organiser and a payer see."""

from django.urls import path

from kribbe.billing.pages import invoices
from kribbe.billing.urls_after import after_urls

app_name = "billing"
urlpatterns = [
    path("at/<slug:slug>/invoices/", invoices.invoices_page, name="invoices"),
    *after_urls,
]
