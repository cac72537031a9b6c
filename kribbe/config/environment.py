"""The settings that an administrator gives through the environment: typed, checked at the start, described.

`load` is the only door. A wrong value, a missing one and an unknown `KRIBBE_` variable each become one line
that names the variable, the value and the remedy. The reference page of the docs is made from `describe`.
"""

from __future__ import annotations

import os
import re
import sys
import zoneinfo
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from kribbe.config.keys import kept_key
from kribbe.config.server_user import default_data_dir

T = TypeVar("T")

PREFIX = "KRIBBE_"
KEYS = ("secret_key", "hash_key")
LEAST_KEY = 32
"""Characters."""
SECRETS = {"secret_key", "former_keys", "hash_key", "database_url", "mail", "address_register_key"}
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

TOOL_VARIABLES: Mapping[str, str] = {
    "KRIBBE_TEST_DATA_DIR": "Where the tests keep their own database server.",
    "KRIBBE_SCREENSHOTS": "1: the browser tests write the pictures of the docs.",
    "KRIBBE_CHROMIUM": "The Chromium that the browser tests drive, where it is not on the path.",
    "KRIBBE_KILLS": "Seeds, as 1-40: a month is killed over and over, at other statements with each.",
    "KRIBBE_WALKS": "Seeds, as 100-259: the money of a small organiser is walked through with each.",
}
"""Read by the tests alone."""


class SettingsError(SystemExit):
    """The environment is wrong; ends the process with code 2. `lines` holds one sentence a problem."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(2)
        self.lines = lines


def _setting(description: str, *, expects: str, shown: str | None = None, **options: Any) -> Any:
    """A field: what it does, what a right value looks like, its default in words where that is computed."""
    return Field(description=description, json_schema_extra={"expects": expects, "shown": shown}, **options)


class Environment(BaseSettings):
    """Every setting. Empty variables count as unset."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True, extra="ignore")

    data_dir: Path = _setting(
        "Folder of everything that is kept outside a database server: the embedded database, generated keys.",
        expects="an absolute folder that the user running Kribbe can write, such as /var/lib/kribbe",
        shown="`$XDG_DATA_HOME/kribbe` or `~/.local/share/kribbe`; as root where closed, `/var/lib/kribbe`",
        default_factory=default_data_dir,
    )
    files_dir: Path | None = _setting(
        "Folder of photos, proofs and reports that people send. Private: no web server may serve it. `kribbe backup`"
        " takes it along.",
        expects="an absolute folder that the user running Kribbe can write, such as /var/lib/kribbe/files",
        shown="`files` in the data folder",
        default=None,
    )
    database_url: str | None = _setting(
        "PostgreSQL server (15 or later) to use instead of the embedded one.",
        expects="an address such as postgresql://kribbe:password@db.example.org/kribbe",
        shown="the embedded server in the data folder",
        default=None,
        validation_alias="DATABASE_URL",
    )
    secret_key: SecretStr = _setting(
        "Signs sessions and links, and seals what is kept encrypted. Name the one before it in KRIBBE_FORMER_KEYS"
        " when you change it. Required in production; keep a copy.",
        expects="at least 32 random characters",
        shown="generated once and kept in the data folder",
        default=SecretStr(""),
    )
    former_keys: Annotated[list[SecretStr], NoDecode] = _setting(
        "Values that KRIBBE_SECRET_KEY had before, newest first: sessions and links signed with them still hold, and"
        " what was sealed under them is still read. After `kribbe reseal` sealed text needs them no more.",
        expects="keys of at least 32 random characters, separated by commas",
        shown="none",
        default=[],
    )
    hash_key: SecretStr = _setting(
        "Key of the hashes that stand in for national numbers. Changing it loses the link between families."
        " Required in production; keep a copy.",
        expects="at least 32 random characters",
        shown="generated once and kept in the data folder",
        default=SecretStr(""),
    )
    debug: bool = _setting(
        "Show technical details with an error. Never on a public machine.", expects="1 or 0", default=False
    )
    demo: bool = _setting(
        "Invented region: mails are read on a page, log-ins and second factors are printed.",
        expects="1 or 0",
        default=False,
    )
    hosts: Annotated[list[str], NoDecode] = _setting(
        "Host names that the desks answer to. Any name beside this machine's own makes it production.",
        expects="names separated by commas, such as opvang.example.be,www.example.be",
        shown=",".join(LOOPBACK),
        default=list(LOOPBACK),
    )
    port: int = _setting(
        "Port that the server listens on.",
        expects="a whole number from 1 to 65535, such as 8000",
        default=8000,
        ge=1,
        le=65535,
    )
    workers: int = _setting(
        "Processes that answer requests.", expects="a whole number from 1 to 64", default=2, ge=1, le=64
    )
    base_url: str = _setting(
        "Address that people see, used in mails and links.",
        expects="an address without a path, such as https://opvang.example.be",
        shown="`http://localhost:` and the port",
        default="",
        validate_default=True,
    )
    proxies: int = _setting(
        "Proxies between callers and Kribbe that can be trusted to tell the caller's address; limits count by it.",
        expects="a whole number from 0 to 9, such as 1 behind one proxy",
        default=0,
        ge=0,
        le=9,
    )
    api_limit: int = _setting(
        "Calls of the API that one address may make in a minute.",
        expects="a whole number from 1 to 100000, such as 120",
        default=120,
        ge=1,
        le=100_000,
    )
    mail: str = _setting(
        "Mail server, or `demo` to keep mails on a page. Production needs a server.",
        expects="demo, smtp://name:password@mail.example.be:587 or smtps://name:password@mail.example.be:465",
        default="demo",
    )
    mail_from: str = _setting(
        "Sender of all mails.",
        expects="an address such as Kribbe <loket@example.be>",
        default="Kribbe <kribbe@localhost>",
    )
    basemap_url: str = _setting(
        "Raster tiles under the map: the Flemish government's, others, or `none` for outlines only.",
        expects="an https address with {z}, {x} and {y}, or none",
        default=(
            "https://geo.api.vlaanderen.be/GRB/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
            "&LAYER=grb_bsk_grijs&STYLE=&FORMAT=image/png&TILEMATRIXSET=GoogleMapsVL"
            "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
        ),
    )
    basemap_attribution: str = _setting(
        "Credit of the base map, shown on it.",
        expects="a line of text",
        default="Bron: Grootschalig Referentiebestand Vlaanderen, Digitaal Vlaanderen",
    )
    travel: str = _setting(
        "What tells how long trips take: `distance` (stated speeds over the straight line), or a source that an"
        " installation adds.",
        expects="the name of a source, such as distance",
        default="distance",
    )
    address_register: Literal["known-streets", "basisregisters"] = _setting(
        "Where addresses are looked up: the streets that the desk knows, or the register of the Flemish government"
        " with those as a fallback. With the latter what is typed as an address leaves the desk.",
        expects="known-streets or basisregisters",
        default="known-streets",
    )
    address_register_url: str = _setting(
        "Address of that register.",
        expects="an address without a path, such as https://api.basisregisters.vlaanderen.be",
        default="https://api.basisregisters.vlaanderen.be",
    )
    address_register_key: SecretStr = _setting(
        "Key for that register; without one fewer calls are allowed.",
        expects="the key that you got from Digitaal Vlaanderen",
        default=SecretStr(""),
        shown="no key",
    )
    hand_over_days: int = _setting(
        "Days that the document of a hand-over is kept for the desk that receives the family; then a duty deletes"
        " it. That the family was handed over, when, by whom and with whose consent stays on the trail.",
        expects="a whole number of days from 14 to 3650, such as 90",
        default=90,
        ge=14,
        le=3650,
    )
    time_zone: str = _setting(
        "Time zone of dates and deadlines.",
        expects="a name such as Europe/Brussels",
        default="Europe/Brussels",
    )
    log_format: Literal["text", "json"] = _setting(
        "Log lines for a person or for a machine.", expects="text or json", default="text"
    )
    statement_timeout_ms: int = _setting(
        "Longest that one query may take, in milliseconds; 0 for no limit.",
        expects="a whole number of milliseconds, such as 15000",
        default=15_000,
        ge=0,
    )
    lock_timeout_ms: int = _setting(
        "Longest that a query waits for a row that another holds, in milliseconds; 0 for no limit.",
        expects="a whole number of milliseconds, such as 5000",
        default=5_000,
        ge=0,
    )

    @field_validator("hosts", "former_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part for part in re.split(r"[,\s]+", value) if part] if isinstance(value, str) else value

    @field_validator("data_dir", "files_dir")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value is not None else None

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: str | None) -> str | None:
        return (
            None if value is None else _require(value, urlsplit(value).scheme in {"postgres", "postgresql"})
        )

    @field_validator("secret_key", "hash_key")
    @classmethod
    def _long(cls, value: SecretStr) -> SecretStr:
        return _require(value, not value or len(value.get_secret_value()) >= LEAST_KEY)

    @field_validator("former_keys")
    @classmethod
    def _each_long(cls, value: list[SecretStr]) -> list[SecretStr]:
        return _require(value, all(len(key.get_secret_value()) >= LEAST_KEY for key in value))

    @field_validator("base_url", "address_register_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        parts = urlsplit(value.rstrip("/"))
        return _require(
            value.rstrip("/"),
            not value or (parts.scheme in {"http", "https"} and parts.netloc and not parts.path),
        )

    @field_validator("mail")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        parts = urlsplit(value)
        return _require(value, value == "demo" or (parts.scheme in {"smtp", "smtps"} and parts.hostname))

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        return _require(value, re.fullmatch(r"[^<>\r\n]*<[^@\s<>]+@[^@\s<>]+>|[^@\s<>]+@[^@\s<>]+", value))

    @field_validator("basemap_url")
    @classmethod
    def _tiles(cls, value: str) -> str:
        if value == "none":
            return ""
        placed = all(place in value for place in ("{z}", "{x}", "{y}"))
        return _require(value, placed and urlsplit(value).scheme in {"http", "https"})

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return _require(value, value in zoneinfo.available_timezones())

    @model_validator(mode="after")
    def _address(self) -> Self:
        if not self.base_url:
            object.__setattr__(self, "base_url", f"http://localhost:{self.port}")
        return self

    @property
    def is_production(self) -> bool:
        """Whether others than this machine's own user may come: no demo, no debugging, a name of its own."""
        return not (self.debug or self.demo) and any(host not in LOOPBACK for host in self.hosts)

    @property
    def basemap_origins(self) -> list[str]:
        """Origins of the base map, for the content security policy."""
        parts = urlsplit(self.basemap_url)
        return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []

    @property
    def files_root(self) -> Path:
        """Folder of the files that people send."""
        return self.files_dir or self.data_dir / "files"

    @property
    def static_root(self) -> Path:
        """Folder of the collected style sheets, scripts and pictures."""
        return self.data_dir / "static"


def load() -> Environment:
    """The settings of this process, with generated keys where none are given.

    Prints one line a problem and raises SettingsError, which ends the process with code 2.
    """
    problems = _unknown_variables()
    try:
        environment = Environment()
    except ValidationError as error:
        problems += [_problem(details) for details in error.errors()]
        raise _failed(problems) from None
    problems += _missing_in_production(environment)
    if problems:
        raise _failed(problems)
    return environment if environment.is_production else _with_keys(environment)


def _require(value: T, right: object) -> T:
    if not right:
        raise ValueError(value)
    return value


def variable(name: str) -> str:
    """The name of a setting in the environment."""
    alias = Environment.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else PREFIX + name.upper()


def extra(name: str) -> dict[str, Any]:
    """What else is known of a setting: `expects`, and the default as it is `shown`."""
    found = Environment.model_fields[name].json_schema_extra
    return dict(found) if isinstance(found, dict) else {}


def _failed(problems: list[str]) -> SettingsError:
    sys.stderr.write("\n".join([*problems, ""]))
    return SettingsError(problems)


def _problem(details: ErrorDetails) -> str:
    place = str(details["loc"][0])
    name = next(name for name in Environment.model_fields if place in {name, variable(name)})
    value = "(not shown)" if name in SECRETS else repr(os.environ.get(variable(name), details["input"]))
    return f"{variable(name)} = {value} is not right: give {extra(name)['expects']}."


def _unknown_variables() -> list[str]:
    known = [*map(variable, Environment.model_fields), *TOOL_VARIABLES]
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    bare = {name.removeprefix(PREFIX): name for name in known}
    near = {
        name: bare[get_close_matches(name.removeprefix(PREFIX), bare, n=1, cutoff=0)[0]] for name in unknown
    }
    return [
        f"{name} = {os.environ[name]!r} is not a setting of Kribbe: unset it, or did you mean {near[name]}?"
        for name in unknown
    ]


def _missing_in_production(environment: Environment) -> list[str]:
    if not environment.is_production:
        return []
    why = "is needed when KRIBBE_HOSTS names more than this machine: give"
    missing = [
        name for name in ("secret_key", "hash_key") if not getattr(environment, name).get_secret_value()
    ]
    lines = [f"{variable(name)} is unset and {why} {extra(name)['expects']}." for name in missing]
    if environment.mail == "demo":
        lines.append(f"KRIBBE_MAIL = 'demo' reaches nobody; a mail server {why} smtp://... or smtps://...")
    return lines


def _with_keys(environment: Environment) -> Environment:
    missing = [name for name in KEYS if not getattr(environment, name).get_secret_value()]
    folder = environment.data_dir
    try:
        keys = {name: SecretStr(kept_key(folder, name)) for name in missing}
    except OSError as error:
        expected = extra("data_dir")["expects"]
        line = f"KRIBBE_DATA_DIR = '{folder}' is not right ({error.strerror}): give {expected}."
        raise _failed([line]) from None
    return environment.model_copy(update=keys)
