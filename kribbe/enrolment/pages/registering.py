"""From the four steps as typed to a registration."""

from kribbe.enrolment.forms.child import ChildForm, TypedAdult
from kribbe.enrolment.forms.review import ReviewForm
from kribbe.enrolment.models import Flexibility, Price
from kribbe.enrolment.pages.steps import Steps
from kribbe.enrolment.services.come_in import NewHousehold
from kribbe.enrolment.services.register import Registration
from kribbe.people.services import AdultData, ChildData
from kribbe.region.models import Municipality


def registration(steps: Steps, review: ReviewForm, *, language: str) -> Registration:
    """What the household asks for. All steps have been found right."""
    foster = bool(review.cleaned_data["foster"])
    children = [
        ChildData(
            first_name=child.first_name,
            last_name=child.last_name,
            born=child.born,
            expected=child.expected,
            foster=foster,
        )
        for child in steps.child.new_children
    ]
    need, works_in = steps.need, review.cleaned_data["works_in"]
    return Registration(
        desk=steps.draft.desk,
        household=steps.household
        or household_given(steps.child, national_number=review.cleaned_data.get("national_number", "")),
        children=[*steps.child.known_ids, *children],
        pattern=need.pattern_given,
        wanted_start=need.cleaned_data["wanted_start"],
        latest_start=need.cleaned_data["latest_start"],
        location_ids=steps.wishes.order,
        alternatives=need.alternatives,
        hours=need.hours,
        flexibility=Flexibility(need.cleaned_data["flexibility"]),
        price=Price(steps.wishes.cleaned_data["price"] or Price.ANY),
        remarks=review.cleaned_data["remarks"],
        facts=review.facts,
        works_in=Municipality.objects.get(pk=works_in) if works_in else None,
        language=language,
    )


def household_given(form: ChildForm, *, national_number: str = "") -> NewHousehold:
    """The household that a valid form tells of."""
    given, located = form.cleaned_data, form.located
    first, *others = form.adults
    return NewHousehold(
        adults=[_adult(first, national_number=national_number), *(_adult(other) for other in others)],
        street=given["street"],
        postcode=given["postcode"],
        city=given["city"],
        municipality=_municipality(form),
        longitude=located.longitude if located else None,
        latitude=located.latitude if located else None,
    )


def _municipality(form: ChildForm) -> Municipality | None:
    """Where the address lies, or else the one municipality of its postcode."""
    if form.located is not None and form.located.municipality_id is not None:
        return Municipality.objects.filter(pk=form.located.municipality_id).first()
    found = list(Municipality.objects.filter(postcodes__contains=[form.cleaned_data["postcode"]])[:2])
    return found[0] if len(found) == 1 else None


def _adult(typed: TypedAdult, *, national_number: str = "") -> AdultData:
    return AdultData(
        first_name=typed.first_name,
        last_name=typed.last_name,
        email=typed.email,
        phone=typed.phone,
        other_street=typed.other_street,
        other_postcode=typed.other_postcode,
        other_city=typed.other_city,
        national_number=national_number,
    )
