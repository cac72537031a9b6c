"""What would have come of other ways of giving places: invented years of one population under several policies.

`population` makes families, places and all that happens to them by a seed; `policies` names the ways of giving
places; `uncoordinated` and `rounds` carry them out day by day; `outcome` measures; `report` compares over seeds, each
seed under every policy; `misreport` asks what a family could gain by another list than its true one. Pure, as the
solver that it calls.
"""
