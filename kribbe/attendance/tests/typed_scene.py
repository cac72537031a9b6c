"""What tablets send of children by a typed name."""

from datetime import datetime
from uuid import uuid4

from kribbe.attendance.models import TypedChild
from kribbe.attendance.services.sync import take_message


def typed_event(scene, kind, when: datetime, *, child=None, name="Lotte", group=None, baby=False, **more):
    """One press. `child` is the key that a tablet drew; the last event of it is sent as it is made here."""
    return {
        "key": f"{uuid4()}",
        "kind": kind,
        "child": f"typed-{child or uuid4()}",
        "at": when.isoformat(),
        "typed": {"name": name, "group": group or scene.group.pk, "baby": baby},
        **more,
    }


def send_typed(device, events, now: datetime):
    """The answers, by key of event: state, why."""
    synced = take_message(device, {"sent_at": now.isoformat(), "events": events}, now=now)
    return {answer.key: (answer.state, answer.why) for answer in synced.answers}


def came(scene, device, when: datetime, *, now: datetime | None = None, **more) -> TypedChild:
    """A child by a typed name that was tapped in."""
    key = uuid4()
    send_typed(device, [typed_event(scene, "in", when, child=key, **more)], now or when)
    return TypedChild.objects.get(key=key)
