"""What this room tells in a family's own file."""

from kribbe.trust.export import export


def tell_families() -> None:
    """Requests, wishes, offers and placements; nothing of the other families on a list."""
    request, wish = "request__household", "preference__request__household"
    export("enrolment.CareRequest", "household")
    export("enrolment.DirectMatch", request, but=("direct",))
    export("enrolment.DirectQuestion", request, but=("direct",))
    export("enrolment.RequestAlternative", request)
    export("enrolment.Preference", request)
    export("enrolment.Chance", request)
    export("enrolment.PositionChange", wish)
    export("enrolment.Offer", wish)
    export("enrolment.PassOver", wish, but=("offer",))
    export("enrolment.Placement", "child__household")
    export("enrolment.RequestDraft", "household")
    for label in ("VacancyTold", "VacancyInterest", "RequestSwitches"):
        export(f"enrolment.{label}", request)
    export("enrolment.UrgentReach", wish)
    export("enrolment.LookAgain", wish)
    export("enrolment.ProofRequest", "household", but=("seen_by",))
    export("enrolment.StartAnswer", "placement__child__household")
    export("enrolment.HandOver", "household")
