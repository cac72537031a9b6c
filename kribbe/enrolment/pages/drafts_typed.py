"""What a button of a step changed in what was typed: another child, another wish, another order."""

from django.http import QueryDict

from kribbe.enrolment.forms.child import MOST_CHILDREN
from kribbe.enrolment.forms.typed import typed_of
from kribbe.enrolment.pages.ranking import keys, moved
from kribbe.trust.text import whole_number

NOT_KEPT = ("national_number", "declared")


def version_of(data: QueryDict) -> int:
    return whole_number(data.get("version", ""))


def changed_by(data: QueryDict, step: str) -> tuple[dict[str, list[str]], str, str]:
    """What was typed after the button's own change, the button, and where the page goes on if it stays."""
    typed = typed_of(data, without=("more", "less", "add", "remove", "move", "undo", "use_email", *NOT_KEPT))
    action = data.get("action", "")
    if step == "child":
        return typed, action, _change_children(typed, data)
    if step == "choices":
        return typed, action, _change_order(typed, data)
    return typed, action, ""


def _change_children(typed: dict[str, list[str]], data: QueryDict) -> str:
    """Another child, one child less, or the mail address that was meant. Returns the place to go on, or ""."""
    count = whole_number(data.get("count", ""), otherwise=1)
    if "more" in data and count < MOST_CHILDREN:
        before = count - 1
        for name in ("last_name", "born", *(["day"] if data.get(f"born_{before}") == "expected" else [])):
            typed.setdefault(f"{name}_{count}", typed.get(f"{name}_{before}", []))
        typed["count"] = [str(count + 1)]
        return f"#child-{count}"
    gone = whole_number(data.get("less", ""), otherwise=count)
    if gone < count:
        _drop_child(typed, gone, count)
        return "#children"
    if data.get("use_email"):
        typed["email"] = [data.get("use_email", "")]
    return ""


def _drop_child(typed: dict[str, list[str]], index: int, count: int) -> None:
    for name in ("first_name", "last_name", "born", "day"):
        for place in range(index, count - 1):
            typed[f"{name}_{place}"] = typed.get(f"{name}_{place + 1}", [])
        typed.pop(f"{name}_{count - 1}", None)
    typed["count"] = [str(count - 1)]


def _change_order(typed: dict[str, list[str]], data: QueryDict) -> str:
    """Add, remove, bring back or move a wish, or search. Returns the place to go on, or ""."""
    order = typed.setdefault("order", [])
    if key := data.get("add"):
        if key in order:
            return "?twice=1#wishes"
        order.append(key)
        typed.pop("removed", None)
        return "#wishes"
    if key := data.get("remove"):
        if key in order:
            typed["removed"] = [f"{key}:{order.index(key)}"]
            order.remove(key)
        return "#wishes"
    if "undo" in data:
        key, _, place = (typed.pop("removed", [""])[0]).partition(":")
        if key and key not in order:
            order.insert(whole_number(place, otherwise=len(order)), key)
        return "#wishes"
    if "move" in data:
        typed["order"] = [str(key) for key in moved(keys(order), data)]
        return "#wishes"
    return "#found" if data.get("action") == "search" else ""
