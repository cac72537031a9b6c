"""Setting up a desk: region, municipality, policy, reasons and first administrator in one step."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kribbe.people.models import User
from kribbe.people.services.accounts import grant_role, make_account
from kribbe.region.models import RESERVED, Desk, Municipality, Region
from kribbe.region.presets import apply_preset, presets
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal, Role, Scope
from kribbe.trust.typed import is_seen


@dataclass(frozen=True, kw_only=True)
class DeskWanted:
    """A desk to be made. Empty: `region` the only one there is, `slug` and `name` from the municipality."""

    nis_code: str
    region: str
    slug: str
    name: str
    preset: str
    public_languages: tuple[str, ...]
    letter_languages: tuple[str, ...]
    administrator_email: str
    administrator_name: str


def set_up_desk(*, principal: Principal, wanted: DeskWanted, now: datetime) -> tuple[Desk, User]:
    """Make it, all or nothing. RefusedError names what is wrong and what would be right."""
    preset = presets().get(wanted.preset)
    if preset is None:
        known = ", ".join(sorted(presets()))
        raise RefusedError(
            _("There is no preset “%(name)s”. Presets: %(known)s.") % {"name": wanted.preset, "known": known}
        )
    _check_administrator(wanted)
    _check_languages(wanted)
    with transaction.atomic():
        town = _municipality(wanted.nis_code)
        lock_rows((Municipality, town.pk))
        _refuse_second(town)
        region = _region(wanted.region, town)
        desk = Desk.objects.create(
            region=region,
            municipality=town,
            slug=_free_slug(wanted.slug or slugify(town.name_nl)),
            name=wanted.name or town.name_nl,
            public_languages=list(wanted.public_languages),
            letter_languages=list(wanted.letter_languages),
        )
        apply_preset(desk=desk, preset=preset, since=localdate(now))
        user = _administrator(desk, wanted, principal, now)
        audit.record(principal=principal, action="desk.made", subject=desk, desk_id=desk.pk, now=now)
    return desk, user


def _check_administrator(wanted: DeskWanted) -> None:
    try:
        validate_email(wanted.administrator_email)
    except ValidationError:
        message = _("“%(value)s” is no mail address.") % {"value": wanted.administrator_email}
        raise RefusedError(message, field="email") from None
    if not is_seen(wanted.administrator_name):
        raise RefusedError(_("Give the administrator's name."), field="name")


def _check_languages(wanted: DeskWanted) -> None:
    known = [code for code, _name in settings.LANGUAGES]
    chosen = (*wanted.public_languages, *wanted.letter_languages)
    unknown = [code for code in chosen if code not in known]
    if unknown or not (wanted.public_languages and wanted.letter_languages):
        told = {"value": ", ".join(unknown), "known": ", ".join(known)}
        raise RefusedError(_("“%(value)s” is no language of Kribbe. Languages: %(known)s.") % told)


def _municipality(nis_code: str) -> Municipality:
    found = Municipality.objects.filter(nis_code=nis_code).first()
    if found is not None:
        return found
    known = Municipality.objects.order_by("name_nl").values_list("nis_code", "name_nl")[:10]
    if not known:
        raise RefusedError(_("There are no municipalities yet: import them first, with kribbe import-areas."))
    some = ", ".join(f"{code} {name}" for code, name in known)
    told = {"value": nis_code, "some": some}
    raise RefusedError(
        _("No municipality has the NIS code “%(value)s”. Some that are there: %(some)s.") % told
    )


def _refuse_second(town: Municipality) -> None:
    there = Desk.objects.filter(municipality=town).first()
    if there is not None:
        told = {"town": town.name, "slug": there.slug}
        raise RefusedError(_("%(town)s has a desk already: %(slug)s.") % told, code="twice")


def _region(name: str, town: Municipality) -> Region:
    """The region of the desk; its municipality joins it if it is in none."""
    region = Region.objects.filter(name=name).first() if name else _only_region(town)
    if region is None:
        slug = slugify(name)
        if not slug:
            raise RefusedError(_("Give the region a name with letters."), field="region")
        region, _is_new = Region.objects.get_or_create(slug=slug, defaults={"name": name})
    if town.region_id is None:
        town.region = region
        town.save(update_fields=["region"])
    if town.region_id != region.pk:
        told = {"town": town.name, "region": str(town.region)}
        raise RefusedError(_("%(town)s is in the region %(region)s.") % told, field="region")
    return region


def _only_region(town: Municipality) -> Region:
    regions = [town.region] if town.region else list(Region.objects.all()[:2])
    if len(regions) != 1:
        raise RefusedError(_("Say which region the desk is in, with --region."), field="region")
    return regions[0]


def _free_slug(slug: str) -> str:
    if slug != slugify(slug) or not slug or slug in RESERVED:
        message = _(
            "“%(value)s” can't be the desk's address: small letters, digits and dashes, and no word of our own."
        )
        raise RefusedError(message % {"value": slug}, field="slug")
    if Desk.objects.filter(slug=slug).exists():
        raise RefusedError(_("Another desk has the address “%(value)s”.") % {"value": slug}, field="slug")
    return slug


def _administrator(desk: Desk, wanted: DeskWanted, principal: Principal, now: datetime) -> User:
    user = make_account(
        email=wanted.administrator_email,
        name=wanted.administrator_name.strip(),
        language=wanted.public_languages[0],
    )
    grant_role(
        user=user,
        role=Role.ADMINISTRATOR,
        scope=Scope.DESK,
        scope_id=desk.pk,
        principal=principal,
        now=now,
        desk_id=desk.pk,
    )
    return user
