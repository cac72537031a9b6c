"""Children and their agreements, taken over from a location's own spreadsheet.

A file becomes a table (`places.importing.files`), each row a child with its agreement (`rows`), a plan judges all
rows beside what is known and free (`plan`), and only then is anything written (`run`); `undo` takes it back.
"""
