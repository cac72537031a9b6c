"""Policies and measures of the simulator in the reader's language."""

from django.utils.translation import gettext, ngettext

from kribbe.allocation.simulation.policies import SCHEMES, Date, Order, parse


def policy_name(written: str) -> str:
    """A policy as people say it: "Rounds every month, by lot"."""
    policy = parse(written)
    schemes = {
        "uncoordinated": gettext("Each location by itself"),
        "rounds:weekly": gettext("Rounds every week"),
        "rounds:monthly": gettext("Rounds every month"),
        "rounds:yearly": gettext("One round a year"),
    }
    parts = [schemes[policy.scheme]]
    dates = {
        Date.REGISTRATION: gettext("by day of registration"),
        Date.START: gettext("by wanted start"),
        Date.LOTTERY: gettext("by lot"),
    }
    orders = {Order.PUBLISHED: gettext("in the published order"), Order.ARRIVAL: gettext("by arrival alone")}
    usual = SCHEMES[policy.scheme].usual
    if policy.date is not usual.date:
        parts.append(dates[policy.date])
    if policy.order is not usual.order:
        parts.append(orders[policy.order])
    if policy.wishes is not None:
        count = policy.wishes
        parts.append(ngettext("%(count)d choice", "%(count)d choices", count) % {"count": count})
    return ", ".join(parts)


def measure_name(key: str) -> str:
    """The title of a measure."""
    return {
        "placed": gettext("Placed from the wanted start"),
        "filled": gettext("Half-days filled"),
        "first": gettext("Got the first choice"),
        "rank": gettext("Which choice"),
        "waiting": gettext("Days until an answer"),
        "envy": gettext("Passed over"),
        "declined": gettext("Offers declined"),
        "gap": gettext("Vulnerable families and others"),
    }[key]


def measure_text(key: str) -> str:
    """What a measure counts, in one or two sentences."""
    return {
        "placed": gettext("The share of the children with a place on the day that the family asked for."),
        "filled": gettext("The share of all half-days that are taken."),
        "first": gettext(
            "The share of the children with a place at the location that the family likes best."
        ),
        "rank": gettext("Which choice of its true list a child got on average; 1 is the first."),
        "waiting": gettext(
            "Days from registration to the first offer. Who got none counts until it stopped looking."
        ),
        "envy": gettext(
            "The share of the children who saw a place that they like better go to somebody behind them in the"
            " location's own order, though it fitted."
        ),
        "declined": gettext("The share of the offers that the family didn't take."),
        "gap": gettext(
            "The share placed in time among vulnerable families, less that among the others. Below zero they are"
            " worse off."
        ),
    }[key]


def way_name(way: str) -> str:
    """A way to give another list than the true one."""
    return {
        "reordering": gettext("Another order"),
        "shortening": gettext("A shorter list"),
        "more days": gettext("More days than needed"),
        "earlier start": gettext("An earlier start than needed"),
    }[way]
