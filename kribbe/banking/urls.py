"""Addresses of banking: what the bank told an organiser."""

from django.urls import path

from kribbe.banking.pages import debits, mandates, payments, statements

app_name = "banking"
urlpatterns = [
    path("at/<slug:slug>/bank/", statements.bank_page, name="bank"),
    path("at/<slug:slug>/bank/files/<str:reference>/", statements.file_page, name="file"),
    path("at/<slug:slug>/bank/files/<str:reference>/book/", statements.book_page, name="book"),
    path("at/<slug:slug>/bank/files/<str:reference>/away/", statements.throw_away_page, name="throw_away"),
    path("at/<slug:slug>/bank/statements/<str:reference>/", statements.statement_page, name="statement"),
    path("at/<slug:slug>/bank/collect/", debits.debits_page, name="debits"),
    path("at/<slug:slug>/bank/collect/<str:reference>.xml", debits.debit_file_page, name="debit_file"),
    path("at/<slug:slug>/bank/back/<str:reference>.xml", debits.refund_file_page, name="refund_file"),
    path(
        "at/<slug:slug>/bank/collect/<str:reference>/withdraw/",
        debits.withdraw_debits_page,
        name="withdraw_debits",
    ),
    path(
        "at/<slug:slug>/bank/back/<str:reference>/withdraw/",
        debits.withdraw_refunds_page,
        name="withdraw_refunds",
    ),
    path("at/<slug:slug>/bank/kept/<str:reference>/", debits.kept_page, name="kept"),
    path("my/collection/", mandates.my_mandates_page, name="my_mandates"),
    path("my/collection/<str:reference>/", mandates.mandate_page, name="mandate"),
    path("at/<slug:slug>/bank/parked/", payments.parked_page, name="parked"),
    path("at/<slug:slug>/bank/payments/<str:reference>/", payments.payment_page, name="payment"),
    path("at/<slug:slug>/bank/payments/<str:reference>/undo/", payments.undo_page, name="undo"),
    path("at/<slug:slug>/bank/payments/<str:reference>/aside/", payments.aside_page, name="aside"),
]
