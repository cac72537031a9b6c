"""Addresses of what follows an invoice."""

from django.urls import path, register_converter

from kribbe.billing.pages import deposits, my_expected, my_invoices, papers, reminders, statements


class FileKind:
    """How a table is taken along."""

    regex = "pdf|csv|xlsx|zip"

    def to_python(self, value: str) -> str:
        """The text of the address."""
        return value

    def to_url(self, value: str) -> str:
        """The text for an address."""
        return value


class Exported(FileKind):
    """What is taken along to accounting."""

    regex = "journal|sales|balances|ubl"


register_converter(FileKind, "filekind")
register_converter(Exported, "exported")

after_urls = [
    path("my/invoices/", my_invoices.my_invoices, name="my_invoices"),
    path("my/expected/", my_expected.my_expected, name="my_expected"),
    path("my/invoices/<slug:reference>/", my_invoices.my_invoice, name="my_invoice"),
    path("my/invoices/<slug:reference>/paper/", my_invoices.my_invoice_paper, name="my_invoice_paper"),
    path(
        "my/invoices/<slug:reference>/reminder/<int:step>/",
        my_invoices.my_reminder_paper,
        name="my_reminder_paper",
    ),
    path("my/invoices/<slug:reference>/pay/", my_invoices.pay, name="pay"),
    path("my/account/<slug:payer>/<filekind:kind>/", my_invoices.my_statement, name="my_statement"),
    path("my/payments/<slug:reference>/", my_invoices.paid_online, name="paid_online"),
    path("my/payments/<slug:reference>/demo/", my_invoices.demo_payment, name="demo_payment"),
    path("at/<slug:slug>/invoices/<slug:reference>/paper/", papers.paper, name="paper"),
    path("at/<slug:slug>/invoices/<slug:reference>/ubl/", papers.electronic, name="electronic"),
    path(
        "at/<slug:slug>/invoices/<slug:reference>/reminder/<int:step>/",
        reminders.reminder_paper,
        name="reminder_paper",
    ),
    path("at/<slug:slug>/post/", papers.post_page, name="post"),
    path("at/<slug:slug>/post/pile/", papers.pile, name="pile"),
    path("at/<slug:slug>/post/printed/", papers.printed, name="printed"),
    path("at/<slug:slug>/reminders/", reminders.reminders_page, name="reminders"),
    path("at/<slug:slug>/deposits/", deposits.deposits_page, name="deposits"),
    path("at/<slug:slug>/accounts/", statements.accounts, name="accounts"),
    path("at/<slug:slug>/accounts/<slug:payer>/", statements.account, name="account"),
    path(
        "at/<slug:slug>/accounts/<slug:payer>/<filekind:kind>/", statements.account_file, name="account_file"
    ),
    path("at/<slug:slug>/accounting/<exported:what>/<filekind:kind>/", statements.export, name="export"),
]
