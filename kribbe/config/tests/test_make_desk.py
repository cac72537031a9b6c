"""A desk from nothing, in one command."""

import pytest
from django.test import Client
from django.utils.timezone import localdate
from typer.testing import CliRunner

from kribbe.config.cli import app
from kribbe.people.models import RoleGrant, User
from kribbe.region.models import Desk, Municipality, Region
from kribbe.region.presets import presets
from kribbe.region.selectors import policy_on
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role

pytestmark = pytest.mark.django_db


@built_once
def town():
    return Municipality.objects.create(nis_code="24062", name_nl="Leuven", longitude=4.7, latitude=50.9)


def make(*args):
    return CliRunner().invoke(app, ["make-desk", *args])


ARGS = ("24062", "beheer@example.be", "--name", "Nadia Haddouchi")


def test_one_command_gives_a_desk_that_works(town):
    done = make(*ARGS, "--region", "Oost-Brabant")
    assert done.exit_code == 0, done.output
    desk = Desk.objects.get(slug="leuven")
    assert (desk.region.name, desk.name, desk.municipality.region) == ("Oost-Brabant", "Leuven", desk.region)
    assert policy_on(desk, localdate()).answer_days == presets()["leuven"].answer_days
    assert desk.pass_over_reasons.exists()
    grant = RoleGrant.objects.get()
    assert (grant.role, grant.scope_id, grant.user.email) == (
        Role.ADMINISTRATOR,
        desk.pk,
        "beheer@example.be",
    )
    assert AuditEntry.objects.filter(action="desk.made", desk_id=desk.pk).count() == 1
    assert Client().get("/leuven/").status_code == 200
    assert "/leuven/" in done.output


def test_the_next_desk_joins_the_only_region(town):
    make(*ARGS, "--region", "Oost-Brabant")
    Municipality.objects.create(nis_code="24038", name_nl="Herent", longitude=4.6, latitude=50.9)
    done = make(
        "24038",
        "beheer@herent.example",
        "--name",
        "An Peeters",
        "--preset",
        "gent",
        "--title",
        "Loket Herent",
    )
    assert done.exit_code == 0, done.output
    assert Region.objects.get().desks.count() == 2
    assert Desk.objects.get(slug="herent").name == "Loket Herent"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("99999", *ARGS[1:]), "24062 Leuven"),
        ((*ARGS, "--region", "R", "--preset", "atlantis"), "leuven"),
        (ARGS, "--region"),
        (("24062", "beheer", *ARGS[2:], "--region", "R"), "no mail address"),
        (("24062", "beheer@example.be", "--name", " ", "--region", "R"), "name"),
        ((*ARGS, "--region", "R", "--slug", "api"), "api"),
        ((*ARGS, "--region", "R", "--slug", "Leuven!"), "small letters"),
        ((*ARGS, "--region", "R", "--languages", "nl,xx"), "xx"),
        ((*ARGS, "--region", "R", "--letters", ""), "Languages"),
        ((*ARGS, "--region", "!"), "letters"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_and_nothing_is_made(town, args, told):
    done = make(*args)
    assert done.exit_code == 2
    assert told in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert not Desk.objects.exists()
    assert not User.objects.exists()
    assert not Region.objects.exists()


def test_a_municipality_has_one_desk(town):
    make(*ARGS, "--region", "Oost-Brabant")
    again = make(*ARGS)
    assert again.exit_code == 2
    assert "leuven" in again.output


def test_without_municipalities_it_says_what_to_do_first():
    assert "import-areas" in make(*ARGS).output
