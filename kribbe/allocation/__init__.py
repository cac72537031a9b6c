"""Who gets which place: an instance in, a result out. Pure and numerical: no Django, no clock, no database.

`reading` takes a file apart and names each problem; `solve` finds a result and explains it; `check` judges any
result by the definitions alone, without the solver's code; `prove` asks how little envy there can be at all.
The words (slot, period, stay, wish, standing, envy, waste, owed) are defined in docs/reference/allocation.md.
"""
