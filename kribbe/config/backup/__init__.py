"""A whole installation in one file, and back: from the embedded server or a real one, of any version from 15 on.

The file is a ZIP: `tables/NAME.copy` (PostgreSQL's own text format, columns named in the manifest), `files/PATH`
(what was uploaded) and `manifest.json` (what is in it, with counts and checksums). Keys are never in it.
"""
