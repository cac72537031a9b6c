"""What care costs: one child's month for one payer, priced line by line, each with its reasons.

`reading` takes a case from JSON, `plan` says what was reserved and used on each day, `stays` in which class a stay
falls, `allowance` which absences are free, `income` and `free` what a stay costs, `pricing` puts it together. All
amounts are decimals in euros, all lengths whole minutes; the figures of law come from a dated pack.
"""
