"""Faces of children, for whoever cares for them at the time."""

from base64 import b64encode
from collections.abc import Collection, Mapping

from kribbe.attendance.attendee import Attendee, Who
from kribbe.attendance.models import ChildPhoto
from kribbe.trust import files

NAME = "face.jpg"


def face_keys(attendees: Collection[Attendee]) -> Mapping[Who, str]:
    """By child the key of its photo, where there is one; one query. Give it children who are cared for on the day."""
    children = {each.who: each.placement.child_id for each in attendees if each.placement}
    rows = ChildPhoto.objects.filter(child__in=children.values()).values_list("child", "file__key")
    keys = dict(rows)
    return {who: keys[child_id] for who, child_id in children.items() if child_id in keys}


def face_of(child_id: int) -> ChildPhoto | None:
    """The photo of a child, with its file."""
    return ChildPhoto.objects.select_related("file").filter(child=child_id).first()


def data_url(key: str) -> str:
    """A face as an address that holds it (at most 8 kB); empty where its file is lost."""
    path = files.folder(key) / NAME
    return f"data:image/jpeg;base64,{b64encode(path.read_bytes()).decode()}" if path.is_file() else ""
