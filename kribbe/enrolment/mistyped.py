"""Slips of the finger in mail addresses."""

from difflib import get_close_matches

KNOWN = (
    "gmail.com",
    "hotmail.com",
    "hotmail.be",
    "outlook.com",
    "outlook.be",
    "live.be",
    "live.com",
    "icloud.com",
    "me.com",
    "yahoo.com",
    "yahoo.fr",
    "telenet.be",
    "skynet.be",
    "proximus.be",
    "scarlet.be",
    "protonmail.com",
    "proton.me",
    "kuleuven.be",
    "student.kuleuven.be",
    "msn.com",
    "mail.com",
    "ymail.com",
    "gmx.com",
)
"""Domains that many families have."""

LIKE = 0.82
"""Share of letters in common from which another domain is meant: gamil.com is 0.89 like gmail.com."""


def meant(email: str) -> str:
    """The address that was probably meant, or "" if this one looks right."""
    name, _, domain = email.strip().lower().rpartition("@")
    if not name or domain in KNOWN:
        return ""
    near = get_close_matches(domain, KNOWN, n=1, cutoff=LIKE)
    return f"{name}@{near[0]}" if near else ""
