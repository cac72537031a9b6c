"""The forms of books, of prices, and of what a child's place costs."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import schwifty
from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum import exceptions
from stdnum.be import vat

from kribbe.billing.chart import USUAL
from kribbe.billing.lookup import MOST_FEE
from kribbe.billing.models import Account, Books, CertificateKind, PriceList, charge_code
from kribbe.billing.words import KINDS, charge_words
from kribbe.web.forms import DayField, NameField, PhoneField

SHORT = {"class": "input--short", "step": "0.01"}
LAWFUL = _("The law lists what may be asked beside a price by income; meals are in the price.")
MORE_LENGTH = 50
"""Letters of the words behind a kind, so that both fit on a line of an invoice."""
UNLISTED = {
    "invalid_choice": _(
        "The law doesn't list this at a price by income. Choose one of the list, or leave it out: it is in the fee."
    )
}


def kinds_field(label: Any, kinds: Sequence[str], none: Any, help_text: Any = "") -> forms.ChoiceField:
    """A choice of the charges that the law lists, or none of them."""
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", none), *((kind, KINDS[kind]) for kind in kinds)],
        error_messages=UNLISTED,
        help_text=help_text,
    )


def more_field() -> forms.CharField:
    """A field for words behind a kind."""
    return NameField(
        label=_("Which exactly"),
        required=False,
        max_length=MORE_LENGTH,
        help_text=_("Such as the brand or the size. It stands on the invoice."),
    )


def euros(
    label: Any, *, required: bool = False, least: int | None = 0, help_text: Any = ""
) -> forms.DecimalField:
    """A field for an amount."""
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=least,
        max_digits=7,
        decimal_places=2,
        widget=forms.NumberInput(attrs=SHORT),
        help_text=help_text,
    )


class EnterpriseNumberField(forms.CharField):
    """An enterprise number in any of its forms, or nothing; its check digits must be right. Cleaned: ten digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Enterprise number"), required=False, max_length=20, **kwargs)

    def clean(self, value: Any) -> str:
        """The ten digits. Raises ValidationError on others."""
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return str(vat.validate(typed))
        except exceptions.ValidationError as error:
            raise forms.ValidationError(
                _("This isn't a right enterprise number, such as 0403.019.261.")
            ) from error


class BooksForm(forms.Form):
    """What invoices say of the organiser."""

    name = NameField(label=_("Name on the invoices"), max_length=70)
    street = forms.CharField(label=_("Street and number"), max_length=200)
    postcode = forms.CharField(label=_("Postcode"), max_length=10)
    city = forms.CharField(label=_("Municipality"), max_length=100)
    enterprise_number = EnterpriseNumberField()
    iban = forms.CharField(label=_("Bank account (IBAN)"), max_length=42)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = PhoneField(label=_("Telephone"))
    term_days = forms.IntegerField(
        label=_("Days to pay"), min_value=1, max_value=90, initial=14,
        widget=forms.NumberInput(attrs={"class": "input--short"}),
    )  # fmt: skip

    def clean_iban(self) -> str:
        """The account without spaces; its check digits and its bank must be right."""
        try:
            account = schwifty.IBAN(self.cleaned_data["iban"])
        except ValueError as error:
            raise forms.ValidationError(_("This isn't a right account number. Check each digit.")) from error
        self.cleaned_data["bic"] = str(account.bic or "")
        return str(account)


NUMBER = RegexValidator(r"^[0-9]{3,10}$", _("Three to ten digits, without spaces or points."))


class AccountNumbersForm(forms.Form):
    """The number of each account of the ledger in the organiser's bookkeeping; left empty, the usual one."""

    def __init__(self, data: Any = None, *, books: Books) -> None:
        super().__init__(data)
        for account, usual in USUAL.items():
            self.fields[account.value] = forms.CharField(
                label=account.label,
                required=False,
                validators=[NUMBER],
                initial=books.account_numbers.get(account.value, ""),
                help_text=_("Empty: %(number)s") % {"number": usual},
                widget=forms.TextInput(attrs={"class": "input--short", "inputmode": "numeric"}),
            )

    @property
    def numbers(self) -> dict[Account, str]:
        """By account, once valid; only those that were filled in."""
        return {account: given for account in USUAL if (given := self.cleaned_data[account.value])}


CHARGES = 3
"""Charges for each stay that a list can have."""
MOST_A_DAY = Decimal(500)
"""Euros for a day, a part of one or an hour; what is more was typed without its comma."""
SAME: tuple[str, ...] = ("full", "half", "long", "short", "month", "hour", "flex", "own_fee")
SAME += ("package_name", "package_size", "package_price")
"""Fields of a price list that its form has by the same name."""


def going_on(prices: PriceList, kinds: Sequence[str]) -> dict[str, Any]:
    """What the form of the next list begins with: the list that it follows, without charges that it can't have."""
    found = {name: getattr(prices, name) for name in SAME}
    found["package_unit"] = "half_day" if prices.package_half_days else "day"
    found["sibling_percent"] = int(prices.sibling_discount * 100) or None
    going = [each for each in prices.extras if not kinds or each.get("kind") in kinds]
    for number, extra in enumerate(going[:CHARGES], 1):
        code = charge_code(extra.get("kind", ""))
        found[f"charge_{number}"] = extra["kind"] if kinds else charge_words(extra["name"])
        found[f"charge_{number}_more"] = extra["name"].removeprefix(code).removeprefix(": ")
        found |= {f"charge_{number}_{part}": Decimal(extra[part]) for part in ("full", "half")}
    return found


class PricesForm(forms.Form):
    """A price list from a day on."""

    from_day = DayField(_("From"), help_text=_("The first of a month."))
    full = euros(_("Full day"))
    half = euros(_("Half a day"))
    long = euros(_("Eleven hours and more"), help_text=_("Without it: the price of a full day."))
    short = euros(
        _("Less than three hours, of a school child"), help_text=_("Without it: the price of half a day.")
    )
    month = euros(_("A month"))
    hour = euros(_("An hour"))
    package_name = NameField(
        label=_("A package of days"),
        required=False,
        max_length=80,
        help_text=_(
            "Such as a card of ten days. Days go off it; once it is used up, the next one is charged."
        ),
    )
    package_size = forms.IntegerField(
        label=_("How many"), required=False, min_value=1, max_value=500,
        widget=forms.NumberInput(attrs={"class": "input--short"}),
    )  # fmt: skip
    package_unit = forms.ChoiceField(
        label=_("Of what"), choices=[("day", _("Days")), ("half_day", _("Half-days"))], required=False
    )
    package_price = euros(_("Price of a package"))
    sibling_percent = forms.IntegerField(
        label=_("Discount for brothers and sisters, in percent"), required=False, min_value=0, max_value=99,
        widget=forms.NumberInput(attrs={"class": "input--short"}),
    )  # fmt: skip
    flex = forms.BooleanField(
        label=_("By income, eleven hours and more cost more than a full day"),
        required=False,
        help_text=_("Only with the authority's permission for flexible hours."),
    )
    own_fee = forms.BooleanField(
        label=_("An absence beyond the free days costs the family's own price, at least what the house rules say"),
        required=False,
    )  # fmt: skip
    replaces = forms.BooleanField(
        label=_("It takes the place of the list from this day"),
        required=False,
        help_text=_("Months that were invoiced already are set right by their next run."),
    )

    def __init__(self, *args: Any, kinds: Sequence[str] = (), **kwargs: Any) -> None:
        """`kinds` are the charges that the law lists here; without them any name may be typed."""
        super().__init__(*args, **kwargs)
        self._kinds = kinds
        for number in range(1, CHARGES + 1):
            label = _("Charge for each stay (%(number)s)") % {"number": number}
            if kinds:
                lawful = LAWFUL if number == 1 else ""
                self.fields[f"charge_{number}"] = kinds_field(label, kinds, _("No charge"), lawful)
                self.fields[f"charge_{number}_more"] = more_field()
            else:
                self.fields[f"charge_{number}"] = forms.CharField(label=label, required=False, max_length=80)
            self.fields[f"charge_{number}_full"] = euros(_("For a full day"))
            self.fields[f"charge_{number}_half"] = euros(_("For half a day"))
        self.fields["replaces"] = self.fields.pop("replaces")

    def clean(self) -> dict[str, Any]:
        """Every charge has a name and an amount, and a name stands once."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        named = [self._name(name, data) for name in self._charges() if data.get(name)]
        for name in self._charges():
            amounts = [data.get(f"{name}_{part}") for part in ("full", "half")]
            if data.get(name) and not any(amounts):
                self.add_error(f"{name}_full", _("Type what it costs."))
            if any(amounts) and not data.get(name) and name not in self.errors:
                self.add_error(name, _("Say what is charged."))
            if data.get(name) and named.count(self._name(name, data)) > 1:
                self.add_error(name, _("This name stands twice."))
        for name in ("full", "half", "long", "short", "hour"):
            if (data.get(name) or 0) > MOST_A_DAY:
                self.add_error(name, _("This is too much for a day. Look where the comma stands."))
        self._check_package(data)
        return data

    def _check_package(self, data: dict[str, Any]) -> None:
        """A package has its name, number and price, and no price of a month stands beside it."""
        parts = {name: data.get(name) for name in ("package_name", "package_size", "package_price")}
        if all(value in (None, "") for value in parts.values()):
            return
        for name, value in parts.items():
            if value in (None, "") and name not in self.errors:
                self.add_error(name, _("A package needs a name, a number and a price."))
        if data.get("month") is not None:
            self.add_error("month", _("A list has a price of a month or a package, not both."))

    def prices(self) -> dict[str, Any]:
        """The fields of the list."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in SAME},
            "package_half_days": bool(data["package_name"]) and data["package_unit"] == "half_day",
            "sibling_discount": Decimal(data["sibling_percent"] or 0) / 100,
            "extras": [self._charge(name) for name in self._charges() if data[name]],
        }

    def _charge(self, name: str) -> dict[str, str]:
        amounts = {part: str(self.cleaned_data[f"{name}_{part}"] or 0) for part in ("full", "half")}
        kind = {"kind": self.cleaned_data[name]} if self._kinds else {}
        return {**kind, "name": self._name(name, self.cleaned_data), **amounts}

    def _name(self, name: str, data: Mapping[str, Any]) -> str:
        """What the lines of a charge say."""
        return charge_code(data[name], data.get(f"{name}_more", "")) if self._kinds else str(data[name])

    def _charges(self) -> list[str]:
        return [f"charge_{number}" for number in range(1, CHARGES + 1)]


class CertificateForm(forms.Form):
    """A fee certificate of a child."""

    first = DayField(_("From"))
    last = DayField(_("Until"), required=False, help_text=_("Empty while no end is known."))
    day_fee = euros(_("Fee of a full day, in euros"), required=True)
    kind = forms.ChoiceField(label=_("Ground"), choices=CertificateKind.choices)
    code = forms.CharField(
        label=_("Child code"),
        required=False,
        validators=[RegexValidator(r"^[0-9]{11}$", _("Eleven digits, as on the certificate."))],
        widget=forms.TextInput(attrs={"class": "input--code", "inputmode": "numeric"}),
    )
    alone = forms.BooleanField(label=_("Only for this place, as with parents who live apart"), required=False)
    replaces = forms.BooleanField(
        label=_("It takes the place of what was written down for these days"), required=False
    )

    def clean_day_fee(self) -> Decimal:
        """A fee typed without its comma would be asked for every day."""
        fee: Decimal = self.cleaned_data["day_fee"]
        if fee > MOST_FEE:
            raise forms.ValidationError(
                gettext("This is too much for a day by income. Look where the comma stands.")
            )
        return fee


class LookUpForm(forms.Form):
    """The code by which a register knows a certificate."""

    code = forms.CharField(
        label=_("Child code"),
        validators=[RegexValidator(r"^[0-9]{11}$", _("Eleven digits, as on the certificate."))],
        widget=forms.TextInput(attrs={"class": "input--code", "inputmode": "numeric"}),
    )


class SchoolForm(forms.Form):
    """From which day a child goes to school full-time."""

    school_from = DayField(
        _("From"),
        required=False,
        help_text=_(
            "Empty while the day isn't known. Months that were invoiced are set right by their next run."
        ),
    )


class ChargeForm(forms.Form):
    """A charge of one day. With `kinds`, those that the law lists, it is one of them or is given back."""

    day = DayField(_("Day"))
    name = NameField(label=_("What for"), max_length=80)
    amount = euros(
        _("Amount, in euros"), required=True, least=None, help_text=_("With a minus it is given back.")
    )

    def __init__(self, *args: Any, kinds: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kinds:
            kind = kinds_field(_("What for"), kinds, _("Something that is given back"), LAWFUL)
            self.fields |= {"name": more_field(), "kind": kind}
            self.order_fields(["day", "kind", "name", "amount"])

    def clean(self) -> dict[str, Any]:
        """What has no kind has a name."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        kind = data.get("kind", "")
        if "kind" in self.fields and "kind" not in self.errors:
            if not kind and not data.get("name"):
                self.add_error("name", _("Type what it is given back for."))
            data["name"] = charge_code(kind, data.get("name", "")) if kind else data.get("name", "")
        if (data.get("amount") or 0) > MOST_A_DAY:
            self.add_error("amount", _("This is too much for a day. Look where the comma stands."))
        return data
