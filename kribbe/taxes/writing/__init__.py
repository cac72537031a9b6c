"""Files as authorities want them, each by a writer and by a check that shares no code with it.

A writer takes dataclasses and returns bytes; a check takes bytes and returns one line for each fault. None of them
touches the database.
"""
