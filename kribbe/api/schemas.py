"""What the API takes and gives. A field that stands here stays, with this meaning, through version 1."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from kribbe.rules.halfdays import DAYS

_HALF_DAY = rf"(?:{'|'.join(DAYS)})(?:-(?:am|pm))?"

HalfDay = Annotated[str, Field(pattern=rf"^(?:{'|'.join(DAYS)})-(?:am|pm)$")]
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(?:0[1-9]|1[0-2])$")]
Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
NisCode = Annotated[str, Field(pattern=r"^[0-9]{5}$")]
Cursor = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")]
KindCode = Literal["group", "family"]
PriceCode = Literal["income", "free"]


class Strict(Schema):
    """What is asked: a name that isn't known is an error, not a filter that silently does nothing."""

    model_config = ConfigDict(extra="forbid")


def example(**values: Any) -> ConfigDict:
    """A model's configuration with an example of it."""
    return ConfigDict(json_schema_extra={"example": values})


class Point(Schema):
    """Degrees of WGS84."""

    longitude: float = Field(ge=-180, le=180, description="Degrees east.")
    latitude: float = Field(ge=-90, le=90, description="Degrees north.")
    exact: bool = Field(
        description="False for carers who work at home: the point is rounded to about a kilometre."
    )


class Named(Schema):
    """A code that stays, and its name in the language of the answer."""

    code: str = Field(description="Stays the same in all languages.")
    name: str = Field(description="In the language of the answer.")


class MunicipalityRef(Schema):
    """A municipality by its NIS code."""

    nis: NisCode = Field(description="NIS code.")
    name: str = Field(description="Dutch name.")


class Address(Schema):
    """Where a location is. Carers who work at home: municipality and postcode alone."""

    street: str | None = Field(description="Street and number; null for carers who work at home.")
    postcode: str = Field(description="Postcode.")
    city: str = Field(description="Town.")


class Licence(Schema):
    """The licence as the desk last checked it."""

    number: str = Field(description="Number of the licence; empty where the desk doesn't know it.")
    state: Named = Field(description="licensed, suspended or unknown.")
    checked_on: str | None = Field(description="Day of the last check, as YYYY-MM-DD.")


class Contacts(Schema):
    """How it is reached. Empty for carers who work at home: ask the desk, or see the location's page."""

    phone: str = Field(description="Telephone.")
    email: str = Field(description="Mail address.")
    website: str = Field(description="Web address.")


class GroupOut(Schema):
    """Children cared for together."""

    name: str = Field(description="Name of the group.")
    from_months: int = Field(description="Youngest age, in months.")
    to_months: int = Field(description="Oldest age, in months.")
    price: PriceCode = Field(description="income: by the family's income; free: a fixed price.")
    licensed_places: int | None = Field(description="Places on the licence today; null where not known.")


class LocationOut(Schema):
    """A location as everybody may see it."""

    slug: Slug = Field(description="Names the location in addresses; stays the same.")
    name: str = Field(description="Name.")
    kind: Named = Field(description="group (day-care centre) or family (family carer).")
    url: str = Field(description="Its page for people.")
    desk: Slug = Field(description="The desk to which it belongs.")
    municipality: MunicipalityRef = Field(description="Where it lies.")
    address: Address = Field(description="Its address.")
    point: Point = Field(description="Its place on the map.")
    licence: Licence = Field(description="Its licence.")
    organiser: str | None = Field(description="Who runs it; null for carers who work at home.")
    contacts: Contacts = Field(description="How it is reached.")
    languages: list[str] = Field(description="Languages spoken with the children, as ISO 639-1 codes.")
    inclusive: bool = Field(description="Children with extra needs are welcome.")
    opens_at: str = Field(description="Opening time, as HH:MM.")
    closes_at: str = Field(description="Closing time, as HH:MM.")
    min_half_days: int = Field(description="Least number of half-days a week.")
    day_price: str | None = Field(description="Fixed price of a full day in euros, as a decimal number.")
    groups: list[GroupOut] = Field(description="Its groups.")


class LocationList(Schema):
    """One page of locations, ordered by slug."""

    items: list[LocationOut] = Field(description="The locations.")
    next: Cursor | None = Field(description="Give it as cursor for the next page; null on the last one.")


class MonthOut(Schema):
    """A month of a group."""

    month: Month = Field(description="The month.")
    free: list[HalfDay] = Field(
        description="Half-days with at least one place free in every week of that month."
    )


class ClosedOut(Schema):
    """Days on which nobody comes, by the location itself."""

    first: str = Field(description="First closed day, as YYYY-MM-DD.")
    last: str = Field(description="Last closed day, as YYYY-MM-DD.")
    reason: str = Field(description="Why, in the location's own words; empty where it gives none.")


class GroupFree(Schema):
    """What a group has free by month. How many places are free is not told, only whether."""

    name: str = Field(description="Name of the group.")
    from_months: int = Field(description="Youngest age, in months.")
    to_months: int = Field(description="Oldest age, in months.")
    price: PriceCode = Field(description="income or free.")
    counted_at: str = Field(description="When it was counted last, as a moment in ISO 8601.")
    months: list[MonthOut] = Field(description="The months asked.")
    closed: list[ClosedOut] = Field(
        description="Its closing days as those of the location, the days on which it closes alone among them."
    )


class LocationFree(Schema):
    """The free half-days of one location."""

    slug: Slug = Field(description="The location.")
    accepting: bool = Field(description="False while its licence is suspended: then nothing is free.")
    groups: list[GroupFree] = Field(
        description="Groups that keep their places with the desk; none: ask the location."
    )
    closed: list[ClosedOut] = Field(
        description=(
            "The closing days of the whole location that touch the months asked and aren't over, in order; public "
            "holidays, on which every location is closed, are not among them."
        )
    )


class FoundOut(Schema):
    """A location that was found."""

    slug: Slug = Field(description="The location.")
    name: str = Field(description="Its name.")
    kind: KindCode = Field(description="group or family.")
    url: str = Field(description="Its page for people.")
    municipality: MunicipalityRef = Field(description="Where it lies.")
    metres: int = Field(description="Distance as the crow flies; rounded to kilometres for carers at home.")
    fits: Literal["whole", "some", "none"] = Field(
        description="Whether the half-days asked are free from the start on, for six months."
    )
    free: list[HalfDay] = Field(description="What is free from the start on, asked or not.")
    opens_on: str | None = Field(
        description="Where it is closed at the start: the first day on which a child could come, as YYYY-MM-DD."
    )


class FoundList(Schema):
    """One page of results."""

    items: list[FoundOut] = Field(description="The results in the order asked.")
    total: int = Field(description="Results on all pages, `whole` not counted.")
    whole: int = Field(description="How many of them are free on all half-days asked.")
    next: Cursor | None = Field(description="Give it as cursor for the next page; null on the last one.")


class Policy(Schema):
    """What the desk decided for its families, as it holds today. Null is unlimited."""

    since: str = Field(description="First day, as YYYY-MM-DD.")
    until: str | None = Field(description="First day on which something else holds; null: not planned.")
    max_wishes: int | None = Field(description="Most locations in one request.")
    earliest_answer_months: int | None = Field(description="Months before the start from which answers come.")
    answer_days: int = Field(description="Days within which a location answers.")
    reaction_days: int = Field(description="Days within which a family answers an offer.")
    signature_days: int = Field(description="Days within which an accepted place is signed.")
    urgent_days: int = Field(description="Days before the start at which a request turns urgent.")
    ranking_shown: bool = Field(description="Whether locations see how families ranked them.")
    date_rule: Literal["registered", "wanted_start", "lottery"] = Field(
        description="What orders those who are equal."
    )
    sentences: list[str] = Field(description="The same in words for families.")
    source: str = Field(description="Where it was decided.")


class DeskContacts(Schema):
    """How the desk is reached."""

    phone: str = Field(description="Telephone.")
    email: str = Field(description="Mail address.")
    address: str = Field(description="Where the counter is.")
    complaints: str = Field(description="Where families can complain.")


class DeskOut(Schema):
    """One municipality's desk."""

    slug: Slug = Field(description="Names the desk in addresses; stays the same.")
    name: str = Field(description="Name.")
    subtitle: str = Field(description="What it calls itself.")
    url: str = Field(description="Its page for people.")
    region: str = Field(description="Name of the region that shares its lists.")
    municipality: MunicipalityRef = Field(description="Whose desk it is.")
    contacts: DeskContacts = Field(description="How it is reached.")
    public_languages: list[str] = Field(description="Languages of its pages.")
    letter_languages: list[str] = Field(description="Languages of its mails and letters.")
    locations: int = Field(description="Locations that take part.")
    waiting_children: int | None = Field(
        description="Children with an open request; null from 1 to 4, so that no family is pointed at."
    )
    policy: Policy | None = Field(description="What it decided; null where nothing holds today.")


class DeskList(Schema):
    """All desks of the installation."""

    items: list[DeskOut] = Field(description="The desks, by slug.")


class AreaProperties(Schema):
    """Facts of a municipality."""

    nis: NisCode = Field(description="NIS code.")
    name: str = Field(description="Dutch name.")
    name_fr: str = Field(description="French name, where it has one.")
    name_de: str = Field(description="German name, where it has one.")
    province: str = Field(description="Province; empty in Brussels.")
    postcodes: list[str] = Field(description="Postcodes.")
    desk: Slug | None = Field(description="Its desk.")
    outline_source: str = Field(description="Where the outline comes from, and under which licence.")


class Area(Schema):
    """A municipality as a GeoJSON feature."""

    type: Literal["Feature"] = Field(description="Always Feature.")
    id: NisCode = Field(description="NIS code.")
    geometry: dict[str, Any] | None = Field(description="Polygon or MultiPolygon; null where not known.")
    properties: AreaProperties = Field(description="Its facts.")


class AreaList(Schema):
    """Municipalities as GeoJSON."""

    type: Literal["FeatureCollection"] = Field(description="Always FeatureCollection.")
    features: list[Area] = Field(description="The municipalities, by NIS code.")


class ProblemPart(Schema):
    """One value that is wrong."""

    where: str = Field(description="The parameter, such as query.limit.")
    message: str = Field(description="What is wrong with it.")


class Problem(Schema):
    """An error (RFC 9457)."""

    type: str = Field(description="Address of a text on this kind of problem.")
    title: str = Field(description="The kind in English.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What to do, in the language of the answer.")
    instance: str = Field(description="The address that was asked.")
    errors: list[ProblemPart] | None = Field(None, description="What is wrong, value by value.")


class LocationFilter(Strict):
    """Which locations."""

    desk: Slug | None = Field(None, description="Only those of this desk.")
    municipality: NisCode | None = Field(None, description="Only those in this municipality (NIS code).")
    kind: KindCode | None = Field(
        None, description="Only day-care centres (group) or family carers (family)."
    )
    price: PriceCode | None = Field(None, description="Only with such a group: income or free price.")
    inclusive: bool | None = Field(None, description="Only those that welcome children with extra needs.")
    cursor: Cursor | None = Field(None, description="Go on after this page.")
    limit: int = Field(50, ge=1, le=200, description="Locations a page.")


class FreeMonths(Strict):
    """Which months."""

    start: Month | None = Field(None, description="First month; this month if not given.")
    months: int = Field(12, ge=1, le=24, description="How many months.")


class FreeSearch(Strict):
    """What is looked for."""

    longitude: float = Field(ge=-180, le=180, description="Degrees east of where to look.", examples=[4.7009])
    latitude: float = Field(ge=-90, le=90, description="Degrees north of where to look.", examples=[50.8796])
    start: Month | None = Field(None, description="Month from which care is needed; this month if not given.")
    pattern: str = Field(
        "",
        max_length=150,
        pattern=rf"^(?:{_HALF_DAY}(?:[ ,]{_HALF_DAY})*)?$",
        description="Half-days, such as `mon,tue-am`; empty for all.",
        examples=["mon,tue-am"],
    )
    kilometres: float | None = Field(
        None, gt=0, le=100, description="Within this distance; everywhere if not given."
    )
    kind: KindCode | None = Field(
        None, description="Only day-care centres (group) or family carers (family)."
    )
    price: PriceCode | None = Field(None, description="Only at this kind of price.")
    inclusive: bool = Field(False, description="Only those that welcome children with extra needs.")
    whole: bool = Field(False, description="Only those free on all half-days asked.")
    sort: Literal["days", "near"] = Field("days", description="Most fitting days first, or nearest first.")
    cursor: Cursor | None = Field(None, description="Go on after this page.")
    limit: int = Field(20, ge=1, le=100, description="Results a page.")


class AreaFilter(Strict):
    """Which municipalities."""

    desk: Slug | None = Field(None, description="Only those of the region of this desk.")
