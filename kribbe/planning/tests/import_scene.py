"""Lists of children as a location gives them, and what becomes of them."""

from datetime import timedelta

from kribbe.places.importing.files import read_bytes
from kribbe.planning.importing.plan import plan
from kribbe.planning.importing.run import ask_list, keep_list, work_off
from kribbe.planning.importing.words import known_words

DAY = timedelta(days=1)
HEADER = "Voornaam;Naam;Geboortedatum;Voornaam ouder;Naam ouder;E-mail ouder;Groep;Start;Einde;Dagen;Dagprijs"


def line(
    scene,
    first="Mila",
    *,
    born="",
    email="jo@ouders.example",
    group="",
    end=None,
    days="wo do 8:00-17:00",
    **more,
):
    born = born or f"{scene.start - 250 * DAY:%d/%m/%Y}"
    start = more.get("start") or f"{scene.start:%d/%m/%Y}"
    end = f"{scene.start + 400 * DAY:%d/%m/%Y}" if end is None else end
    return (
        f"{first};Peeters;{born};Jo;Peeters;{email};{group};{start};{end};{days};{more.get('fee', '24,50')}"
    )


def table(*lines):
    return read_bytes("\n".join([HEADER, *lines]).encode(), header_words=known_words)


def given(scene, *lines):
    return keep_list(
        principal=scene.manager, location=scene.location, name="lijst.csv", table=table(*lines), now=scene.now
    )


def take(scene, *lines):
    return written(scene, given(scene, *lines))


def asked(scene, run):
    return ask_list(principal=scene.manager, run_id=run.pk, name="Mia Claes", now=scene.now)


def written(scene, run):
    asked(scene, run)
    work_off(run.pk, now=scene.now)
    run.refresh_from_db()
    return run


def faults(scene, *lines):
    made = plan(table(*lines), scene.location, scene.now.date())
    return [(fault.line, fault.column, fault.code) for fault in made.faults]
