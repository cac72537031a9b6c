"""Two cases with every field that there is."""

_COMMON = {
    "format": "kribbe.billing.case/1",
    "pack": "flanders",
    "month": "2026-03",
    "child": {"born": "2025-04-02", "school": False},
    "agreement": [
        {
            "from": "2025-09-01",
            "to": "2026-03-15",
            "weeks": [
                {"mon": ["08:00-12:00", "13:00-17:00"], "tue": ["08:00-12:30"], "thu": ["08:00-17:00"]},
                {"mon": ["08:00-17:00"], "thu": ["08:00-17:00"], "fri": ["20:00-24:00"]},
            ],
        },
        {"from": "2026-03-16", "to": None, "weeks": [{"mon": ["08:00-17:00"]}, {}]},
    ],
    "closing_days": ["2026-03-16"],
    "allowance": {"unit": "half_day", "entitled": "36", "used_before": "9.5", "told_only": True},
    "days": [
        {"date": "2026-03-02", "present": ["08:10-12:00", "13:00-16:50"]},
        {"date": "2026-03-03", "absent": "told"},
        {"date": "2026-03-04", "present": ["09:00-15:00"], "swap": "2026-03-05"},
    ],
}
_RULES = {
    "flex": True,
    "extras": [{"name": "nappies", "full": "1.00", "half": "1.00", "long": "1.50", "short": None}],
    "charges": [{"date": "2026-03-12", "name": "late pick-up", "amount": "10.00"}],
}
INCOME = {
    **_COMMON,
    "certificates": [
        {"day_fee": "12.34", "from": "2026-01-01", "to": "2026-03-15"},
        {"day_fee": "13", "from": "2026-03-16", "to": None},
    ],
    "price": {
        "kind": "income",
        "beyond_allowance": {
            "kind": "fixed",
            "full": "20.00",
            "half": "12.00",
            "long": "30.00",
            "short": None,
        },
        **_RULES,
    },
}
FREE = {
    **_COMMON,
    "price": {
        "kind": "free",
        "full": "35.00",
        "half": "20.00",
        "long": "45.00",
        "short": "10.00",
        "hour": "5.00",
        "month": None,
        "package": {"name": "card", "unit": "half_day", "size": "10", "price": "180.00", "left": "3"},
        "sibling_discount": "12.5",
        "beyond_allowance": {"kind": "own_fee", "full_min": "20.00", "half_min": None},
        **_RULES,
    },
}
