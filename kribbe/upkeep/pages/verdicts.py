"""A clerk's verdict on something of a list: what was chosen is done, and said on the page that follows."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.contrib import messages
from django.utils.translation import gettext

from kribbe.region.http import DeskRequest
from kribbe.trust.errors import RefusedError

Subject = TypeVar("Subject")
Verdict = Callable[[DeskRequest, Subject], str]


def decide(request: DeskRequest, subject: Subject, verdicts: Mapping[str, Verdict[Subject]]) -> None:
    """Do the verdict that was posted, and keep what it says, or why it was refused, for the next page."""
    verdict = verdicts.get(request.POST.get("verdict", ""))
    if verdict is None:
        messages.error(request, gettext("Choose what you decide."))
        return
    try:
        messages.success(request, verdict(request, subject))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
