"""Reading regions, municipalities, desks and their policies."""

from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import CharField, Expression, F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language

from kribbe.region.models import Desk, DeskPolicy, Municipality
from kribbe.rules.dates import DEFAULT_PACK
from kribbe.rules.packs import load_pack
from kribbe.trust.text import sort_key


def desk_by_slug(slug: str) -> Desk | None:
    """The desk with this address, or None."""
    return Desk.objects.select_related("municipality", "region").filter(slug=slug).first()


def policy_on(desk: Desk | int, day: date) -> DeskPolicy:
    """What the desk (or the one of that id) had decided for that day; raises DeskPolicy.DoesNotExist if nothing."""
    return DeskPolicy.objects.get(desk=desk, during__contains=day)


def named(path: str = "") -> Expression:
    """`Municipality.name` as a column: the name in the language of the page. `path` leads to the municipality."""
    names = {field.name for field in Municipality._meta.fields if field.name.startswith("name_")}
    said = f"name_{(get_language() or '')[:2]}"
    start = f"{path}__" if path else ""
    here = F(start + (said if said in names else "name_nl"))
    return Coalesce(NullIf(here, Value("")), F(f"{start}name_nl"), output_field=CharField())


def municipalities_of(region_id: int) -> list[Municipality]:
    """Those of a region, without outlines, by their name in the language of the page."""
    found = Municipality.objects.filter(region=region_id).defer("outline")
    return sorted(found, key=lambda each: sort_key(each.name))


def bounds_of_keeping(day: date) -> tuple[int, int]:
    """The fewest and most years after which a desk may forget a family, by the pack."""
    pack = load_pack(DEFAULT_PACK)
    return pack.integer("forget.least_years", day), pack.integer("forget.most_years", day)


def years_kept(desk_ids: Collection[int], day: date) -> Mapping[int, int]:
    """By desk the years after which it forgets a family on that day; the pack's where it decided nothing."""
    usual = load_pack(DEFAULT_PACK).integer("forget.family_years", day)
    decided = DeskPolicy.objects.filter(desk__in=desk_ids, during__contains=day)
    return dict.fromkeys(desk_ids, usual) | dict(decided.values_list("desk", "keep_years"))
