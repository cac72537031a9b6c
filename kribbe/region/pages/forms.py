"""Forms of a desk's settings."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kribbe.region.models import Desk, PassOverReason
from kribbe.region.selectors import bounds_of_keeping
from kribbe.region.services import Contacts, Terms
from kribbe.rules.priority import DateRule
from kribbe.web.branding import LEAST_CONTRAST, check_tokens
from kribbe.web.forms import DayField, NameField, PhoneField
from kribbe.web.templatetags.telling import number

ICONS = (
    ("leaf", gettext_lazy("Leaf")),
    ("sprout", gettext_lazy("Sprout")),
    ("sun", gettext_lazy("Sun")),
    ("tree-pine", gettext_lazy("Tree")),
    ("house", gettext_lazy("House")),
    ("heart", gettext_lazy("Heart")),
    ("blocks", gettext_lazy("Blocks")),
    ("baby", gettext_lazy("Baby")),
)
COLOURS = {"primary": "#0b5d56", "ink": "#1b2b28", "paper": "#ffffff", "sand": "#f6f1e7"}
"""What the shell uses where a desk chose nothing."""


def _colour(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=7, widget=forms.TextInput(attrs={"type": "color"})
    )


def _whole(
    label: Any, *, least: int, most: int, empty: Any = None, initial: int | None = None
) -> forms.IntegerField:
    """A whole number; it may be left empty where `empty` says what that means."""
    return forms.IntegerField(
        label=label,
        help_text="" if empty is None else empty,
        required=empty is None,
        min_value=least,
        max_value=most,
        initial=initial,
    )


class ContactsForm(forms.ModelForm[Desk]):
    """Name and contacts."""

    class Meta:
        model = Desk
        fields = (
            "name",
            "subtitle",
            "subtitle_fr",
            "subtitle_en",
            "subtitle_de",
            "phone",
            "email",
            "address",
            "complaints",
            "staff_names_shown",
        )
        field_classes = {"name": NameField, "phone": PhoneField}
        labels = {
            "name": gettext_lazy("Name of the desk"),
            "subtitle": gettext_lazy("Small line under the name"),
            "subtitle_fr": gettext_lazy("The same line in French"),
            "subtitle_en": gettext_lazy("The same line in English"),
            "subtitle_de": gettext_lazy("The same line in German"),
            "phone": gettext_lazy("Telephone"),
            "email": gettext_lazy("E-mail"),
            "address": gettext_lazy("Address of the counter"),
            "complaints": gettext_lazy("Where families can complain"),
            "staff_names_shown": gettext_lazy("Tell families the names of staff"),
        }
        help_texts = {
            "subtitle": gettext_lazy("It stands in a language that has no line of its own too."),
            "complaints": gettext_lazy("Shown on “How it works” and on every refusal."),
            "staff_names_shown": gettext_lazy(
                "In “Who did what for me”. Otherwise they read the function and the desk."
            ),
        }

    def contacts(self) -> Contacts:
        """The values as typed."""
        return Contacts(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class LookForm(forms.Form):
    """Colours, type and icon."""

    primary = _colour(gettext_lazy("Main colour"), gettext_lazy("Buttons and links."))
    ink = _colour(gettext_lazy("Colour of text"), "")
    paper = _colour(gettext_lazy("Colour of the page"), "")
    sand = _colour(gettext_lazy("Colour of panels"), "")
    font = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=[
            ("figtree", "Figtree"),
            ("system", gettext_lazy("That of the reader's device")),
            ("humanist", gettext_lazy("Humanist")),
            ("serif", gettext_lazy("Serif")),
        ],
    )
    logo_icon = forms.ChoiceField(label=gettext_lazy("Icon"), choices=ICONS)

    @classmethod
    def initial_of(cls, desk: Desk) -> dict[str, Any]:
        """What the desk has, or what the shell uses instead."""
        return {**COLOURS, "font": "figtree", "logo_icon": desk.logo_icon, **desk.tokens}

    def tokens(self) -> dict[str, str]:
        """The tokens as typed; what doesn't differ from the shell's own is left out."""
        typed = {name: self.cleaned_data.get(name, "") for name in (*COLOURS, "font")}
        usual = {**COLOURS, "font": "figtree"}
        return {name: value for name, value in typed.items() if value and value.lower() != usual[name]}

    def clean(self) -> None:
        """Names what can't be read, at its colour."""
        for problem in check_tokens(self.tokens()):
            name, _colon, text = problem.partition(": ")
            self.add_error(name if name in self.fields else None, _in_words(name, text))


def _in_words(name: str, text: str) -> str:
    if "contrast" not in text:
        return _("This is no colour that can be used. Write it like #0b5d56.")
    ratio = Decimal(text.split(" is ")[1].split(",")[0])
    return _(
        "Text in these colours can't be read well: the contrast is %(ratio)s, and %(least)s is needed. "
        "Choose a darker colour for text and buttons, or a lighter one for the page."
    ) % {"ratio": number(ratio, 2), "least": number(LEAST_CONTRAST, 1)}


class PolicyForm(forms.Form):
    """What the desk decides, and from when."""

    since = DayField(
        gettext_lazy("Holds from"),
    )
    max_wishes = _whole(
        gettext_lazy("Most locations that a family can choose"),
        least=1,
        most=100,
        empty=gettext_lazy("Leave empty for no limit."),
    )
    earliest_answer_months = _whole(
        gettext_lazy("Months before the start from which a location may answer"),
        least=1,
        most=36,
        empty=gettext_lazy("Leave empty for no limit."),
    )
    answer_days = _whole(gettext_lazy("Days within which a location answers"), least=1, most=366)
    reaction_days = _whole(gettext_lazy("Days within which a parent answers an offer"), least=1, most=90)
    signature_days = _whole(gettext_lazy("Days within which the agreement is signed"), least=1, most=90)
    urgent_days = _whole(
        gettext_lazy("Days before the start at which a request turns urgent"), least=0, most=366
    )
    open_urgent = forms.BooleanField(
        label=gettext_lazy("An urgent request is opened to all locations, unless the family says no"),
        required=False,
    )
    look_weeks = _whole(
        gettext_lazy("Weeks after which a location is asked whether its free places are still right"),
        least=1,
        most=52,
    )
    tell_vacancies = forms.BooleanField(
        label=gettext_lazy("Families that wait get the weekly list of free places, unless they say no"),
        required=False,
    )
    list_weeks = _whole(gettext_lazy("Weeks between two of those lists"), least=1, most=8, initial=1)
    most_changes = _whole(
        gettext_lazy("Times that a family changes its start or adds locations itself"),
        least=0,
        most=100,
        empty=gettext_lazy("Leave empty for no limit. The desk can always change them."),
    )
    change_days = _whole(
        gettext_lazy("Days before the start until which a family can do that"),
        least=0,
        most=366,
        empty=gettext_lazy("Leave empty for no limit."),
    )
    confirm_months = _whole(
        gettext_lazy("Months after which a family is asked whether it still needs a place"),
        least=1,
        most=36,
        empty=gettext_lazy("Leave empty to ask nobody."),
    )
    confirm_days = _whole(
        gettext_lazy("Days within which it answers, before its request ends"), least=2, most=120
    )
    confirm_reminder_days = _whole(gettext_lazy("Days after which it is reminded"), least=1, most=119)
    end_months = _whole(
        gettext_lazy("Months after the latest start at which a request ends without a place"),
        least=1,
        most=36,
        empty=gettext_lazy("Leave empty and no request ends so."),
    )
    complaint_days = _whole(gettext_lazy("Days within which the desk answers a complaint"), least=1, most=366)
    keep_years = _whole(
        gettext_lazy("Years after which a family is forgotten, once nothing needs its data"),
        least=1,
        most=50,
        initial=5,
    )
    date_rule = forms.ChoiceField(
        label=gettext_lazy("Who comes first among equals"),
        choices=[
            (DateRule.REGISTERED.value, gettext_lazy("Who registered first")),
            (DateRule.WANTED_START.value, gettext_lazy("Who wants to start first")),
            (DateRule.LOTTERY.value, gettext_lazy("By lot, one draw for all locations")),
        ],
        widget=forms.RadioSelect,
    )
    ranking_shown = forms.BooleanField(
        label=gettext_lazy("Locations see in which order a family chose them"), required=False
    )
    source = forms.CharField(
        label=gettext_lazy("Decision"),
        help_text=gettext_lazy("For example the council's decision and its date."),
        required=False,
        max_length=300,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        least, most = bounds_of_keeping(timezone.localdate())
        self.fields["keep_years"].help_text = _(
            "From %(least)s to %(most)s years. What the law has kept, such as invoices, stays longer."
        ) % {"least": least, "most": most}

    def clean_keep_years(self) -> int:
        """Within what holds on the day from which the desk wants it."""
        years: int = self.cleaned_data["keep_years"]
        least, most = bounds_of_keeping(self.cleaned_data.get("since") or timezone.localdate())
        if not least <= years <= most:
            raise forms.ValidationError(
                _("Choose from %(least)s to %(most)s years.") % {"least": least, "most": most}
            )
        return years

    def clean_confirm_reminder_days(self) -> int:
        """A reminder comes before the end of the term."""
        days: int = self.cleaned_data["confirm_reminder_days"]
        if days >= self.cleaned_data.get("confirm_days", days + 1):
            raise forms.ValidationError(_("Remind before the days to answer are over."))
        return days

    def terms(self) -> Terms:
        """The terms as typed."""
        values = {name: self.cleaned_data[name] for name in Terms.__dataclass_fields__}
        return Terms(**values | {"date_rule": DateRule(values["date_rule"])})


class ReasonForm(forms.ModelForm[PassOverReason]):
    """A reason in the languages of the desk's families."""

    class Meta:
        model = PassOverReason
        fields = ("text_nl", "text_en", "text_fr", "text_de", "refusal", "active")
        labels = {
            "text_nl": gettext_lazy("Reason in Dutch"),
            "text_en": gettext_lazy("Reason in English"),
            "text_fr": gettext_lazy("Reason in French"),
            "text_de": gettext_lazy("Reason in German"),
            "refusal": gettext_lazy("It is a reason to refuse, not only to pass over"),
            "active": gettext_lazy("Locations can choose it"),
        }
