"""What the page of the API says beside its operations."""

API_PROMISES = (
    "- Version 1 stays: fields, parameters and their meaning don't change. New fields may come. Should a version 2",
    "  come, version 1 goes on for at least a year.",
    "- Every error is `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`, `instance` and,",
    "  for wrong values, `errors`. A parameter that doesn't exist is an error too.",
    "- Answers carry `ETag`, `Last-Modified` and `Cache-Control`; `If-None-Match` gets 304 where nothing changed.",
    "- Texts follow `Accept-Language`, codes don't. Pages of any origin may read (CORS for GET).",
    "- [`KRIBBE_API_LIMIT`](settings.md#kribbe_api_limit) says how often an address may call in a minute;",
    "  `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset` and, at 429, `Retry-After` tell how it stands.",
    "  Who calls is kept for minutes, as a keyed hash.",
    "- Nothing is about a family or a child; a count of children from 1 to 4 is left out. Of carers who work at home",
    "  there is no street, telephone, mail or organiser, and the point is rounded to about a kilometre. The desk's",
    "  own pages show these; the API is for copying in bulk.",
)

API_SHOWN = (
    "## How it is shown",
    "",
    "`.venv/bin/python -m pytest kribbe/config/tests/test_conformance.py` lets",
    "[schemathesis](https://schemathesis.readthedocs.io) read the document and make up calls: of every operation",
    "fifteen that the document allows, and fifteen that it doesn't. Seven things are looked at in each answer: no",
    "server error; status, media type, headers and content as the document says; wrong values refused; no method",
    "that isn't told. What has a name in its path is called with one that exists too. `make test` runs it, and so",
    "does every merge request. An answer that isn't as told fails it; today there is none.",
    "",
)
