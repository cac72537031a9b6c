"""Addresses of billing: what an organiser and a payer see."""

from django.urls import path

from kribbe.billing.pages import clubs, import_fees, invoices, payers, prices, renewals
from kribbe.billing.urls_after import after_urls

app_name = "billing"
urlpatterns = [
    path("at/<slug:slug>/invoices/", invoices.invoices_page, name="invoices"),
    path("at/<slug:slug>/invoices/<slug:reference>/", invoices.invoice_page, name="invoice"),
    path("at/<slug:slug>/month/<slug:month>/", invoices.month_page, name="month"),
    path("at/<slug:slug>/runs/<slug:reference>/", invoices.run_page, name="run"),
    path("at/<slug:slug>/books/", prices.books_page, name="books"),
    path("at/<slug:slug>/price-lists/", prices.prices_page, name="prices"),
    path("at/<slug:slug>/fees/", prices.fees_page, name="fees"),
    path("at/<slug:slug>/fees/list/", import_fees.start, name="import"),
    path("at/<slug:slug>/fees/list/example.csv", import_fees.example, name="import_example"),
    path("at/<slug:slug>/fees/list/<slug:reference>/", import_fees.look, name="import_list"),
    path("at/<slug:slug>/fees/list/<slug:reference>.csv", import_fees.report, name="import_report"),
    path("at/<slug:slug>/fees/out-of-school/", clubs.club_payers, name="club_payers"),
    path("at/<slug:slug>/fees/renew/", renewals.renewals_page, name="renewals"),
    path("at/<slug:slug>/fees/<slug:reference>/", prices.fee_page, name="fee"),
    path("at/<slug:slug>/fees/<slug:reference>/charges/", clubs.charges_page, name="charges"),
    path("at/<slug:slug>/fees/<slug:reference>/payers/", payers.shares_page, name="shares"),
    path("at/<slug:slug>/fees/<slug:reference>/payers/new/", payers.new_payer_page, name="new_payer"),
    path("at/<slug:slug>/payers/<slug:payer>/", payers.payer_page, name="payer"),
    *after_urls,
]
