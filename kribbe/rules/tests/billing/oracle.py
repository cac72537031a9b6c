"""A second pricer, written from the text of the case alone: minutes in sets, money in cents, one loop over days.

It shares no line with the code it judges, and knows the figures of the law by heart. It prices an income-based place,
and a free price by full and half days. What the text leaves open about nights is settled at the three words "Nights".
"""

from collections import defaultdict
from datetime import date, timedelta

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PERCENT = {"short": 40, "half": 60, "full": 100, "long": 160}
HIGHEST = {2024: 3464, 2025: 3589}
"""The highest day fee by year, in cents; later years have none yet and take the last one."""
FREE_ABSENCES = ("location", "force_majeure")


def price(raw):
    """{(date, what): cents} of the lines, the dates held back, and what is left of the allowance in hundredths."""
    lines, held = defaultdict(int), set()
    left = max(0, hundredths(raw["allowance"]["entitled"]) - hundredths(raw["allowance"]["used_before"]))
    entries = {each["date"]: each for each in raw["days"]}
    reserved, used = minutes_by_day(raw, entries)
    for on in days_of(raw["month"]):
        had, came = len(reserved[on]), len(used[on])
        why = absence_of(on, entries, reserved, raw)
        if came or (had and not why):
            name = class_of(raw, max(had, came))
            cost = own_price(raw, on, name)
            if cost is None:
                held.add(on)
                continue
            lines[on, ("stay." if had else "extra_day.") + name] += cost
            for extra in raw["price"].get("extras") or []:
                lines[on, extra["name"]] += hundredths(extra[halved(name)])
        elif had and why not in FREE_ABSENCES:
            name = class_of(raw, had)
            needs = units(raw, name)
            counts = why == "told" or not raw["allowance"]["told_only"]
            covered = min(needs, left // 100) if counts else 0
            left -= 100 * covered
            if covered == needs:
                continue
            name = "half" if covered else name
            cost = absence_price(raw, on, name)
            if cost is None:
                held.add(on)
            else:
                lines[on, f"absence.{name}"] += cost
    return {key: cost for key, cost in lines.items() if cost or "." in key[1]}, held, left


def minutes_by_day(raw, entries):
    """What was reserved and what was used of each day, as sets of minutes; nights are cut at midnight.

    Nights, 3: one that begins on a closing day isn't reserved.
    """
    reserved, used = defaultdict(set), defaultdict(set)
    closed = set(raw["closing_days"])
    for on in [before(days_of(raw["month"])[0]), *days_of(raw["month"])]:
        agreed = [] if on in closed else [part for text in agreed_texts(raw, on) for part in cut(on, text)]
        agreed = [(day, span) for day, span in agreed if day not in closed]
        entry = entries.get(on, {})
        for day, span in agreed:
            reserved[day] |= span
            if not ("present" in entry or "absent" in entry or is_away(day, on, entries)):
                used[day] |= span
        for text in entry.get("present", []):
            for day, span in cut(on, text):
                used[day] |= span
    return reserved, used


def is_away(day, begun, entries):
    """Nights, 1: whoever is absent on a day isn't there in its first hours either, if the night was only agreed."""
    return day != begun and "absent" in entries.get(day, {})


def absence_of(on, entries, reserved, raw):
    """Nights, 2: whoever didn't come in the evening is away after midnight, if nothing else is known then."""
    if on in entries:
        return entries[on].get("absent")
    closed = on in raw["closing_days"]
    starts = [] if closed else agreed_texts(raw, on)
    return None if starts else entries.get(before(on), {}).get("absent")


def cut(on, text):
    """The parts of a stay by day; a night's are two."""
    start, end = (60 * int(each[:2]) + int(each[3:]) for each in text.split("-"))
    found = [(on, set(range(start, min(end, 1440))))]
    if end > 1440:
        found.append((str(date.fromisoformat(on) + timedelta(days=1)), set(range(end - 1440))))
    return found


def agreed_texts(raw, on):
    for each in raw["agreement"]:
        if each["from"] <= on <= (each["to"] or "9999"):
            day, first = date.fromisoformat(on), date.fromisoformat(each["from"])
            weeks = (day - timedelta(days=day.weekday()) - first + timedelta(days=first.weekday())).days // 7
            return each["weeks"][weeks % len(each["weeks"])].get(WEEK[day.weekday()], [])
    return []


def class_of(raw, length):
    if length >= 660 and raw["price"].get("flex"):
        return "long"
    if length >= 300:
        return "full"
    return "short" if raw["child"]["school"] and length < 180 else "half"


def own_price(raw, on, name):
    """The family's own price of a stay of this class; None where no certificate holds."""
    rules = raw["price"]
    if rules["kind"] == "free":
        return hundredths(rules[halved(name)])
    for each in raw["certificates"]:
        if each["from"] <= on <= (each["to"] or "9999"):
            return percent_of(hundredths(each["day_fee"]), PERCENT[name])
    return None


def absence_price(raw, on, name):
    own, rules = own_price(raw, on, name), raw["price"].get("beyond_allowance")
    if own is None:
        return None
    if rules and rules["kind"] == "fixed":
        own = hundredths(rules[halved(name)])
    elif rules:
        own = max(own, hundredths(rules[f"{halved(name)}_min"]))
    if raw["price"]["kind"] == "free":
        return own
    highest = HIGHEST[min(max(HIGHEST), int(on[:4]))]
    return min(own, percent_of(highest, PERCENT[name]))


def units(raw, name):
    return 2 if raw["allowance"]["unit"] == "half_day" and halved(name) == "full" else 1


def halved(name):
    return "half" if name in ("short", "half") else "full"


def percent_of(cents, percent):
    """Half up."""
    return (cents * percent + 50) // 100


def hundredths(text):
    whole, _, rest = text.partition(".")
    return 100 * int(whole) + int((rest + "00")[:2])


def days_of(month):
    day, found = date.fromisoformat(f"{month}-01"), []
    while str(day)[:7] == month:
        found.append(str(day))
        day += timedelta(days=1)
    return found


def before(on):
    return str(date.fromisoformat(on) - timedelta(days=1))
