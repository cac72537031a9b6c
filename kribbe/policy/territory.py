"""Whose figures these are: one desk's, or those of all desks of a region together."""

from dataclasses import dataclass
from typing import Self

from django.utils.text import slugify

from kribbe.region.models import Desk, Region


@dataclass(frozen=True, slots=True)
class Territory:
    """The desks and municipalities that are counted; `desk_id` None is the whole region."""

    name: str
    desk_ids: tuple[int, ...]
    municipality_ids: tuple[int, ...]
    region_id: int
    desk_id: int | None = None

    @classmethod
    def of_desk(cls, desk: Desk) -> Self:
        return cls(desk.shown_name, (desk.pk,), (desk.municipality_id,), desk.region_id, desk.pk)

    @classmethod
    def of_region(cls, region: Region) -> Self:
        desks = list(region.desks.order_by("pk").values_list("pk", "municipality_id"))
        return cls(region.name, tuple(desk for desk, _ in desks), tuple(home for _, home in desks), region.pk)

    @property
    def slug(self) -> str:
        """The area's name as a file's name holds it."""
        return slugify(self.name)

    @property
    def desks(self) -> "list[Territory]":
        """Each desk of a region; of a desk none."""
        if self.desk_id is not None:
            return []
        pairs = zip(self.desk_ids, self.municipality_ids, strict=True)
        return [Territory(self.name, (desk,), (home,), self.region_id, desk) for desk, home in pairs]
