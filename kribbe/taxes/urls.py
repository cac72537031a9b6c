"""Addresses of taxes: what a parent and an organiser see."""

from django.urls import path

from kribbe.taxes.pages import mine, months, report, year

app_name = "taxes"
urlpatterns = [
    path("my/tax-certificates/", mine.certificates_page, name="mine"),
    path("my/tax-certificates/numbers/", mine.numbers_page, name="my_numbers"),
    path("my/tax-certificates/numbers/remove/", mine.remove_number, name="remove_number"),
    path("my/tax-certificates/<str:reference>/", mine.certificate_file, name="my_certificate"),
    path("at/<slug:slug>/taxes/", year.year_page, name="year"),
    path("at/<slug:slug>/taxes/issue/", year.issue, name="issue"),
    path("at/<slug:slug>/taxes/print/", year.print_all, name="print"),
    path("at/<slug:slug>/taxes/belcotax/", year.belcotax, name="belcotax"),
    path("at/<slug:slug>/taxes/copies/<str:reference>/", year.copy, name="copy"),
    path("at/<slug:slug>/taxes/files/<str:reference>/sent/", year.sent, name="sent"),
    path("at/<slug:slug>/taxes/payers/<str:reference>/", year.payer_page, name="payer"),
    path("at/<slug:slug>/taxes/months/", months.months_page, name="months"),
    path("at/<slug:slug>/taxes/months/<str:kind>/", months.take, name="take_month"),
    path("at/<slug:slug>/taxes/children/<str:reference>/", months.child_page, name="reported"),
    path("at/<slug:slug>/taxes/grounds/<str:reference>/", report.grounds_page, name="grounds"),
    path("at/<slug:slug>/taxes/report/", report.report_page, name="report"),
]
