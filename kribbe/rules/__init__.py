"""The rules of childcare as pure Python: no framework, no clock, no database.

What may be chosen or summed up lives here: half-days and calendars, priority, capacity, dates, counting and
the hiding of small numbers. Figures that the law changes come from a dated pack (`packs/`), the day is always
passed in, and every answer carries its reasons (`reasons.py`), which upper rooms turn into words.
"""
