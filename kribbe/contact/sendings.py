"""How a notice went out and what became of it, in words: one mail to each address, or a letter."""

from dataclasses import dataclass

from django.utils.translation import gettext

from kribbe.contact.models import Letter, Mail, MailState, Notice
from kribbe.contact.words import moment

TONES = {
    MailState.SENT: "good",
    MailState.FAILED: "bad",
    MailState.BOUNCED: "bad",
    MailState.DOUBTFUL: "warn",
}


@dataclass(frozen=True, slots=True)
class Sending:
    """A mail or a letter, and what became of it."""

    icon: str
    to: str
    status: str
    tone: str
    detail: str
    waits: bool = False
    """Whether it didn't arrive and nobody has dealt with that yet."""


def sendings(notice: Notice, *, with_address: bool = True) -> list[Sending]:
    """All of a notice, whose mails and letter were read along. Without addresses for those who may not know them."""
    found = [_mail(mail, with_address=with_address) for mail in notice.mails.all()]
    letter = getattr(notice, "letter", None)
    return [*found, _letter(letter)] if letter is not None else found


def _mail(mail: Mail, *, with_address: bool) -> Sending:
    state = MailState(mail.state)
    why = mail.last_error if with_address else ""
    detail = moment(mail.sent_at) if mail.sent_at else why
    to = mail.address if with_address else gettext("By mail")
    tone = TONES.get(state, "")
    waits = tone == "bad" and mail.handled_at is None
    return Sending("mail", to, str(state.label), tone, detail, waits)


def _letter(letter: Letter) -> Sending:
    if letter.posted_at is None:
        return Sending("printer", gettext("Letter"), gettext("To be posted"), "warn", "")
    return Sending("printer", gettext("Letter"), gettext("Posted"), "good", moment(letter.posted_at))
