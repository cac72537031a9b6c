"""Somebody at the demo's pages with no browser but HTTP: links are followed and forms sent as they stand."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from kribbe.demo.logins import Login, password, present_code

TIMEOUT_SECONDS = 30
OK = 200


class StepError(Exception):
    """A page was not what the step needs; the message says which and why."""


@dataclass
class Form:
    """A form of a page with the values that it would send as it stands."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Page:
    """What the server answered, after any forwarding."""

    address: str
    status: int
    text: str
    forms: list[Form]
    links: list[str]

    def needs(self, *words: str) -> "Page":
        """This page, if it is fine and has these words; StepError otherwise."""
        if self.status != OK:
            raise StepError(f"{self.address} answered {self.status}")
        for word in words:
            if word not in self.text:
                raise StepError(f"{self.address} lacks {word!r}")
        return self

    def link(self, part: str) -> str:
        """The first link whose address has this part."""
        found = next((link for link in self.links if part in link), None)
        if found is None:
            raise StepError(f"{self.address} has no link with {part!r}")
        return found

    def form(self, *names: str) -> Form:
        """The first form that posts and has all these fields."""
        for form in self.forms:
            known = {name for name, _ in form.fields + form.buttons}
            if form.method == "post" and known.issuperset(names):
                return form
        raise StepError(f"{self.address} has no form with {', '.join(names)}")


class Visitor:
    """Somebody with a browser of their own: cookies are kept, forwarding is followed."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self._opener.addheaders = [("Accept-Language", "nl")]

    def get(self, address: str) -> Page:
        """Open a page; `address` may be a path."""
        return self._open(Request(urljoin(self.base, address)))  # noqa: S310  the server under check

    def send(self, page: Page, form: Form, **values: str | list[str]) -> Page:
        """Send a form as it stands, with these values in place of what it holds."""
        kept = [(name, value) for name, value in form.fields if name not in values]
        data = urlencode([*kept, *values.items()], doseq=True).encode()
        address = urljoin(page.address, form.action or page.address)
        return self._open(Request(address, data, headers={"Referer": page.address}))  # noqa: S310  as above

    def log_in(self, login: Login) -> Page:
        """Give address and password, and the second factor where one is asked."""
        page = self.get("/account/login/").needs()
        page = self.send(page, page.form("login", "password"), login=login.email, password=password())
        if login.has_second_factor:
            page = self.send(page, page.form("code"), code=present_code(login.email))
        if "/account/" in urlsplit(page.address).path:
            raise StepError(f"{login.email} is not let in: still at {page.address}")
        return page.needs()

    def _open(self, request: Request) -> Page:
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return _read(answer)
        except HTTPError as error:
            with error:
                return Page(error.url or request.full_url, error.code, "", [], [])


def _read(answer: HTTPResponse) -> Page:
    text = answer.read().decode(errors="replace")
    parser = _Parser()
    parser.feed(text)
    return Page(answer.url, answer.status, text, parser.forms, parser.links)


class _Parser(HTMLParser):
    """Collects the links, and the forms with their values."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get").lower()))
        elif self.forms:
            self._control(tag, values)

    def _control(self, tag: str, values: dict[str, str]) -> None:
        form, name, value = self.forms[-1], values.get("name", ""), values.get("value", "")
        kind = values.get("type", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in values:
            form.fields.append((self._select, value))
        elif not name:
            return
        elif tag == "button" or kind == "submit":
            form.buttons.append((name, value))
        elif kind in {"checkbox", "radio"}:
            if "checked" in values:
                form.fields.append((name, value or "on"))
        elif tag in {"input", "textarea"}:
            form.fields.append((name, value))
