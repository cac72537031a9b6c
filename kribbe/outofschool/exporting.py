"""What this room tells in a family's own file."""

from kribbe.trust.export import export


def tell_families() -> None:
    """Registrations, holiday places and stays; nothing of other children."""
    export("outofschool.Registration", "child__household", but=("registered_by",))
    export("outofschool.HolidayPlace", "child__household", but=("asked_by",))
    export("outofschool.SocialTariff", "household", but=("recorded_by",))
    export("outofschool.Stay", "child__household", but=("noted_by",))
