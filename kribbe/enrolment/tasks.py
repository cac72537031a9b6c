"""What time brings about: offers and reservations run out, weeks are laid ahead, drafts are forgotten."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from kribbe.enrolment.forgetting import forget_direct
from kribbe.enrolment.services.answer_offer import lapse_offers
from kribbe.enrolment.services.chances import count_chances, learn_lessons, recount_changed
from kribbe.enrolment.services.charter_mails import ask_for_agreement
from kribbe.enrolment.services.consents import remind_of_consents
from kribbe.enrolment.services.drafts import forget_drafts, remind_of_drafts
from kribbe.enrolment.services.hand_over import forget_documents
from kribbe.enrolment.services.look_mails import ask_to_look
from kribbe.enrolment.services.proofs import forget_proofs
from kribbe.enrolment.services.reminders import remind_of_offers, remind_of_signing, remind_of_starts
from kribbe.enrolment.services.search_mails import mail_news
from kribbe.enrolment.services.sign import lapse_unsigned
from kribbe.enrolment.services.weekly_list import make_lists
from kribbe.places import ledger
from kribbe.places.models import Group
from kribbe.trust.duties import duty

GROUPS_AT_ONCE = 50
THURSDAY = 4


@duty("enrolment.lapse_offers", cron="*/5 * * * *", told="offers run out")
def offers_run_out(now: datetime) -> int:
    """Give back what was offered and not answered in time."""
    return lapse_offers(now=now)


@duty("enrolment.lapse_unsigned", cron="*/5 * * * *", told="reservations run out")
def reservations_run_out(now: datetime) -> int:
    """Give back what was reserved and not signed in time."""
    return lapse_unsigned(now=now)


@duty("enrolment.remind_of_offers", cron="15 7 * * *", told="families reminded of an offer")
def offers_end_soon(now: datetime) -> int:
    """Remind families before an offer runs out."""
    return remind_of_offers(now=now)


@duty("enrolment.remind_of_signing", cron="20 7 * * *", told="families reminded to sign")
def signing_ends_soon(now: datetime) -> int:
    """Remind families before a reservation runs out."""
    return remind_of_signing(now=now)


@duty("enrolment.remind_of_consents", cron="35 7 * * *", told="organisations told that a consent ends")
def consents_end_soon(now: datetime) -> int:
    """Tell referrers before a family's consent ends."""
    return remind_of_consents(now=now)


@duty("enrolment.ask_for_agreement", cron="40 7 * * *", told="locations asked to agree to the rules")
def rules_wait(now: datetime) -> int:
    """Ask locations to agree to the rules of their desk."""
    return ask_for_agreement(now=now)


@duty("enrolment.remind_of_starts", cron="30 7 * * *", told="families reminded of a first day")
def starts_near(now: datetime) -> int:
    """Remind families and locations a week before the first day of a place."""
    return remind_of_starts(now=now)


@duty("enrolment.remind_of_drafts", cron="25 7 * * *", told="people reminded of a request left halfway")
def drafts_left(now: datetime) -> int:
    """Remind whoever left a request halfway, once."""
    return remind_of_drafts(now=now)


@duty("enrolment.forget_drafts", cron="20 3 * * *", told="unsent requests forgotten")
def unsent_forgotten(now: datetime) -> int:
    """Forget requests that were begun long ago and never sent."""
    return forget_drafts(now=now)


@duty("enrolment.forget_proofs", cron="10 3 * * *", told="proofs deleted")
def proofs_forgotten(now: datetime) -> int:
    """Delete proofs whose time is over."""
    return forget_proofs(now=now)


@duty("enrolment.forget_hand_overs", cron="15 3 * * *", told="documents of hand-overs deleted")
def hand_overs_forgotten(now: datetime) -> int:
    """Delete what was laid ready for the desk that received a family, after `KRIBBE_HAND_OVER_DAYS`."""
    return forget_documents(older_than=timedelta(days=settings.HAND_OVER_DAYS), now=now)


@duty("enrolment.forget_direct", cron="35 3 * * *", told="names of children outside the desk forgotten")
def direct_forgotten(now: datetime) -> int:
    """Forget what locations called children of no known family, once care isn't kept any longer."""
    return forget_direct(now)


@duty("enrolment.mail_search_news", cron="0 5 * * *", told="mails on saved searches")
def search_news_mailed(now: datetime) -> int:
    """Tell by mail what newly fits a saved search."""
    return mail_news(now=now)


@duty("enrolment.lay_weeks", cron="30 3 * * *", told="groups counted")
def lay_weeks(now: datetime) -> int:
    """Lay the weeks of every group to the horizon, some groups at a time. Returns the number of groups."""
    groups: QuerySet[Group, int] = (
        Group.objects.filter(active=True).order_by("pk").values_list("pk", flat=True)
    )
    keys = list(groups)
    for start in range(0, len(keys), GROUPS_AT_ONCE):
        ledger.recount(group_ids=keys[start : start + GROUPS_AT_ONCE], today=timezone.localdate(now), now=now)
    return len(keys)


@duty("enrolment.ask_to_look", cron="0 7 * * 1-5", told="locations asked to look")
def locations_asked(now: datetime) -> int:
    """Ask locations that haven't looked for weeks whether their free places are right."""
    return ask_to_look(now=now)


@duty("enrolment.weekly_list", cron="0 6 * * 4", told="families told what came free")
def weekly_list(now: datetime) -> int:
    """On Thursday morning, list the places that came free and mail them to who waits; on other days nothing."""
    return make_lists(now=now) if timezone.localdate(now).isoweekday() == THURSDAY else 0


@duty("enrolment.count_chances", cron="45 3 * * *", told="chances counted")
def chances_counted(now: datetime) -> int:
    """Count anew how likely an offer is, for everybody who waits."""
    return count_chances(now=now)


@duty("enrolment.recount_chances", cron="*/15 * * * *", told="chances counted anew")
def chances_recounted(now: datetime) -> int:
    """Count anew where a need changed since the last count."""
    return recount_changed(now=now)


@duty("enrolment.learn_lessons", cron="15 2 * * *", told="regions that learned from their past chances")
def lessons_learned(now: datetime) -> int:
    """Every four weeks, compare a year of forecasts with what happened, and tell chances by it."""
    return learn_lessons(now=now)
