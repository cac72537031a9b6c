"""The class of every day counted half-hour by half-hour, apart from the code and plain enough to be believed."""

from calendar import monthrange
from datetime import date, timedelta

NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def whats_of_days(raw):
    """The `what` of the one line of each day, for an income price without allowance and house rules."""
    closed = set(raw["closing_days"])
    entries = {each["date"]: each for each in raw["days"]}
    reserved, used = set(), set()
    for on in days_with_eve(raw["month"]):
        agreed = set() if str(on) in closed else ticks(on, agreed_texts(raw, on))
        agreed = {(day, tick) for day, tick in agreed if day not in closed}
        reserved |= agreed
        entry = entries.get(str(on), {})
        if "present" in entry:
            used |= ticks(on, entry["present"])
        elif "absent" not in entry:
            away = (
                str(on + timedelta(days=1))
                if "absent" in entries.get(str(on + timedelta(days=1)), {})
                else ""
            )
            used |= {(day, tick) for day, tick in agreed if day != away}
    found = {}
    for on in days_with_eve(raw["month"])[1:]:
        was = 30 * sum(day == str(on) for day, _ in reserved)
        did = 30 * sum(day == str(on) for day, _ in used)
        if what := what_of(raw, entries, on, was, did):
            found[str(on)] = what
    return found


def what_of(raw, entries, on, was, did):
    if did:
        return ("stay." if was else "extra_day.") + class_of(raw, max(was, did))
    if not was:
        return None
    why = entries.get(str(on), entries.get(str(on - timedelta(days=1)), {})).get("absent")
    if why in {"location", "force_majeure"}:
        return None
    return ("absence." if why else "stay.") + class_of(raw, was)


def class_of(raw, length):
    if length >= 660 and raw["price"].get("flex"):
        return "long"
    if length >= 300:
        return "full"
    return "short" if length < 180 and raw["child"]["school"] else "half"


def days_with_eve(month):
    first = date.fromisoformat(f"{month}-01")
    return [first + timedelta(days=n) for n in range(-1, monthrange(first.year, first.month)[1])]


def agreed_texts(raw, on):
    for each in raw["agreement"]:
        start = date.fromisoformat(each["from"])
        if start <= on and (each["to"] is None or str(on) <= each["to"]):
            monday = start
            while monday.weekday():
                monday -= timedelta(days=1)
            turn = 0
            while monday + timedelta(days=7) <= on:
                monday += timedelta(days=7)
                turn = (turn + 1) % len(each["weeks"])
            return each["weeks"][turn].get(NAMES[on.weekday()], [])
    return []


def ticks(on, texts):
    """Every half-hour of the parts, as a pair of its day and its minute of the day."""
    found = set()
    for text in texts:
        hours, mins, end_hours, end_mins = (int(each) for each in text.replace("-", ":").split(":"))
        for minute in range(hours * 60 + mins, end_hours * 60 + end_mins, 30):
            found.add((str(on + timedelta(days=minute // 1440)), minute % 1440))
    return found
