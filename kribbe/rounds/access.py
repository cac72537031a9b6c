"""The doors to rounds: the desk's own, by their reference."""

from kribbe.people.access import refusal
from kribbe.region.models import Desk
from kribbe.rounds.models import Round
from kribbe.trust.principal import Principal


def round_for(principal: Principal, desk: Desk, reference: str) -> Round:
    """A round of this desk; another's isn't found."""
    found = Round.objects.select_related("desk").filter(desk=desk, reference=reference).first()
    if found is None:
        raise refusal(principal)
    return found
