"""Reading lists of locations and outlines of municipalities as cities really have them.

A file becomes a table (`files`), a mapping says which column is what (`mapping`), each row becomes what the
file wants (`rows`), a plan compares that with what is known (`plan`), and only then is anything written
(`run`), so that it can be taken back (`undo`). Every doubt has a code (`reasons`).
"""
