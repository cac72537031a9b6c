"""Reasons: why a rule answered as it did, for machines to carry and upper rooms to put in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import Self

Value = str | int | date | Decimal

CODES: Mapping[str, str] = {
    "capacity.staffed": "There are carers for {staffed} of the {licensed} licensed places.",
    "capacity.above_licence": "There are carers for {staffed} places, but the licence allows {licensed}.",
    "capacity.overbooked": "Agreements may add up to {percent}% of the staffed places.",
    "capacity.overbooking_refused": "Overbooking to {asked}% was asked; {allowed}% is allowed.",
    "ratio.nobody": "No children.",
    "ratio.alone": "{children} children: one carer alone has at most {limit}.",
    "ratio.together": "{children} children: at most {limit} for each carer, where there are several.",
    "ratio.rest": "{children} children who rest: at most {limit} for each carer, and at least two carers.",
    "ratio.family": "{children} children: at most {limit} for each family carer.",
    "ratio.family_most": "At one home at most {most} children may be there at once, however many carers there are.",
    "family_carer.own": "{own} of them are children or grandchildren of the carer.",
    "ratio.living_group": "{children} children in one living group: at most {most}, however many carers there are.",
    "ratio.babies": "{children} children in groups of babies: at most {limit} for each carer.",
    "ratio.toddlers": "{children} children in groups without babies: at most {limit} for each carer.",
    "ratio.baby_among": "With a baby a group of toddlers counts as a mixed one.",
    "ratio.mixed": "{children} children in mixed groups: at most {limit} for each carer.",
    "notice.term": "The term of notice is {days} days, the same for both sides, counted from {told}.",
    "notice.free": "House rules became less good for you: until {until} you may end without a term.",
    "roster.nobody": "Nobody on the team has a contract for these days.",
    "roster.away": "On leave or ill: {carers}.",
    "roster.elsewhere": "At work at another location: {carers}.",
    "roster.unavailable": "Not available at that time: {carers}.",
    "roster.used_up": "Hours of the contract used up: {carers}.",
    "roster.day_full": "Already working as long as a day may be: {carers}.",
    "roster.rest": "Needs the rest between two days: {carers}.",
    "roster.pause": "In the pause: {carers}.",
    "roster.shape": "Free, but no turn fits that is long enough and has its pause: {carers}.",
    "allowance.full_time": "{days} days a year for full-time care in {year}.",
    "allowance.share": "Your part of the year and of a full week makes {exact} days.",
    "allowance.rounded_up.days": "Rounded up: {units} days.",
    "allowance.rounded_down.days": "Rounded down: {units} days.",
    "allowance.rounded_up.half_days": "In half-days, rounded up: {units}.",
    "allowance.rounded_down.half_days": "In half-days, rounded down: {units}.",
    "income_fee.rate": "€ {income} a year × {rate} = € {amount} a day.",
    "income_fee.cap": "Never more than € {amount} in this part of the ladder.",
    "income_fee.steps": "€ {base} and {count} steps of € {step} = € {amount} a day.",
    "income_fee.minimum": "Never less than € {amount}.",
    "income_fee.maximum": "Never more than € {amount}.",
    "income_fee.lowest": "A social service can bring the fee down to € {amount} a day (amount of {year}).",
    "income_fee.guarantee": "Up to about € {ceiling} a year a location may ask at most € {amount} as a guarantee.",
    "criteria.unknown": "There is no criterion “{criterion}”.",
    "criteria.twice": "The criterion “{criterion}” is in the list twice.",
    "criteria.forbidden": "The criterion “{criterion}” may not be used: it discriminates or excludes.",
    "criteria.residence_not_last": "Where a family lives may only decide after all other criteria.",
    "criterion.sibling": "A brother or sister goes to this location.",
    "criterion.sibling.no": "No brother or sister goes to this location.",
    "criterion.resident": "The child lives in the municipality.",
    "criterion.resident.no": "The child doesn't live in the municipality.",
    "criterion.neighbourhood": "The child lives in the neighbourhood.",
    "criterion.neighbourhood.no": "The child doesn't live in the neighbourhood.",
    "criterion.works_here": "A parent works in the municipality.",
    "criterion.works_here.no": "No parent works in the municipality.",
    "criterion.work": "Care is needed for work, training or finding work.",
    "criterion.work.no": "Care isn't needed for work, training or finding work.",
    "criterion.single": "The child has a single parent.",
    "criterion.single.no": "The child has more than one carer.",
    "criterion.full_week": "At least {needed} half-days a week are asked.",
    "criterion.full_week.no": "Fewer than {needed} half-days a week are asked.",
    "criterion.staff_child": "A parent works at this location.",
    "criterion.staff_child.no": "No parent works at this location.",
    "criterion.continuity": "The child already goes to this organiser.",
    "criterion.continuity.no": "The child doesn't go to this organiser yet.",
    "criterion.care_need": "The child or a family member needs extra care.",
    "criterion.care_need.no": "No need of extra care was given.",
    "date.registered": "Registered on {day}.",
    "date.wanted_start": "Care is asked from {day}.",
    "date.lottery": "Drawn by lot, the same number at every location.",
    "tie": "Equal in everything else: the order was drawn by lot.",
    "law.absolute.none": "No absolute priority by law.",
    "law.ground.none": "No other ground of priority by law.",
    "law.work": "Priority by law: care is needed for work, training or finding work.",
    "law.work_share_4_5": "Priority by law: the parents work or train at least four fifths on average.",
    "law.sibling_same_time": "Priority by law: a brother or sister is there at the same time.",
    "law.sibling_here": "Priority by law: a brother or sister goes to this location.",
    "law.foster": "Priority by law: a foster child.",
    "law.single": "Priority by law: a single parent.",
    "law.low_income": "Priority by law: a low joint income from work.",
    "vulnerable.work": "Care is needed for work, training or finding work.",
    "vulnerable.single": "A single parent.",
    "vulnerable.low_income": "A low joint income from work.",
    "vulnerable.care_need": "A disability, reduced self-care, or a social or pedagogical reason.",
    "vulnerable.no_diploma": "No parent has a diploma of secondary education.",
    "vulnerable.too_few": "{held} of the {needed} characteristics needed hold.",
    "vulnerable.none_decisive": "None of income, health or care, and diploma holds.",
    "birth.missing": "Give the date of birth, or the date on which the child is expected.",
    "born.future": "The date of birth is in the future.",
    "born.future_expected_missing": "The date of birth is in the future. Give it as the expected date.",
    "expected.past": "The expected date is over. Give the date of birth.",
    "expected.too_far": "The expected date is more than {months} months away.",
    "start.missing": "Give the day on which care should start.",
    "start.past": "The start is in the past.",
    "start.before_birth": "The start is before the date of birth.",
    "start.before_expected": "The start is before the expected date.",
    "start.school_age": "The child is {age} months old by then and can go to school from {months} months.",
    "latest.before_wanted": "The latest start is before the start you want.",
    "pattern.empty": "Choose at least one half-day.",
    "same.child_number": "The national number of the child is the same.",
    "same.first_same": "The first name is the same.",
    "same.first_alike": "The first names are alike.",
    "same.first_missing": "One of the two has no first name yet.",
    "same.first_changed": "The first name is another, but one of the two was only expected.",
    "same.first_different": "The first names are different.",
    "same.last_same": "The last name is the same.",
    "same.last_alike": "The last names are alike.",
    "same.last_of_parent": "The last name is that of a parent of the other.",
    "same.last_different": "The last names are different.",
    "same.born_same": "The date of birth is the same.",
    "same.born_mistyped": "The dates of birth differ as by a slip of the pen.",
    "same.expected_near": "The birth and the expected date lie close together.",
    "same.expected_far": "The birth and the expected date could be of one child.",
    "same.parent_number": "A parent has the same national number.",
    "same.parent_email": "A parent has the same mail address.",
    "same.parent_phone": "A parent has the same telephone number.",
    "same.parent_name": "A parent has the same name.",
    "same.address": "The address is the same.",
    "same.taken_name_same": "The location gives the same name.",
    "same.taken_name_alike": "The location gives a name that is alike.",
    "same.taken_name_short": "The location gives a name and a first letter that fit.",
    "same.taken_first_only": "The location gives the same first name.",
    "same.taken_last_only": "The location gives the same last name.",
    "same.taken_letters": "The first letters that the location gives fit.",
    "same.taken_name_unknown": "The child of the request has no first name yet.",
    "same.taken_name_other": "The location gives another name.",
    "same.taken_month_same": "The month of birth is the same.",
    "same.taken_month_expected": "The child was expected in that month.",
    "same.taken_month_near": "The child was expected close to that month.",
    "same.taken_month_far": "The expected date could fit the month of birth.",
    "same.taken_wished": "The family chose this location.",
    "same.taken_home": "Both live in the same municipality.",
    "same.taken_home_other": "They live in different municipalities.",
    "same.taken_days_same": "The half-days are the same.",
    "same.taken_start_near": "The first day lies close to the start that the family wants.",
    "wishes.twice": "The same location is in the list twice.",
    "wishes.too_many": "Choose at most {allowed} locations; there are {given}.",
    "billing.as_agreed": "{reserved} hours, as agreed.",
    "billing.reserved": "{reserved} hours reserved, {used} hours used: the longer counts.",
    "billing.as_reserved": "{reserved} hours reserved.",
    "billing.swapped": "In place of {day}.",
    "billing.extra": "An extra day of {used} hours: nothing was reserved.",
    "billing.beside": "{extra} hours more than agreed were granted on this day; the month's price doesn't hold them.",
    "billing.getting_used": "A visit of {used} hours to get used to the group.",
    "billing.extra_closed": "An extra day of {used} hours: the location was closed.",
    "billing.no_long": "Long days aren't charged here: it counts as a full day.",
    "billing.income.short": "A short stay is {percent}% of the day fee of {fee}.",
    "billing.income.half": "Half a day is {percent}% of the day fee of {fee}.",
    "billing.income.full": "A full day is {percent}% of the day fee of {fee}.",
    "billing.income.long": "A long day is {percent}% of the day fee of {fee}.",
    "billing.free.short": "A short stay costs {amount}.",
    "billing.free.half": "Half a day costs {amount}.",
    "billing.free.full": "A full day costs {amount}.",
    "billing.free.long": "A long day costs {amount}.",
    "billing.free.hours": "{hours} hours at {amount} an hour.",
    "billing.free.month": "A month costs {amount}.",
    "billing.free.part": "The agreement holds on {days} of the {all} days.",
    "billing.free.discount": "{percent}% less for brothers and sisters.",
    "billing.free.package": "A new package “{name}”: {left} of {size} are left after this day.",
    "billing.free.package_part": "A day's part of “{name}”: {amount} for {size}.",
    "billing.free.deducted": "Taken off: with {days} reserved days in the month, one costs {amount}.",
    "billing.absent.covered": "Absent; the allowance covers it.",
    "billing.absent.location": "The location couldn't take the child.",
    "billing.absent.force_majeure": "Absent by force majeure.",
    "billing.absent.beyond": "Absent, and the allowance is used up.",
    "billing.absent.untold": "Absent without notice: the allowance doesn't cover that.",
    "billing.absent.half": "Absent: the allowance covers half of it, the other half is charged.",
    "billing.absent.fixed": "The house rules ask {amount}.",
    "billing.absent.least": "The house rules ask at least {amount}.",
    "billing.absent.cap": "Never more than {amount}: {percent}% of the maximum fee of {maximum}.",
    "billing.absent.maximum_earlier": "The maximum fee of this date isn't known: that of {year} is used, unverified.",
    "billing.absent.maximum_unverified": "The maximum fee of this date is unverified.",
    "billing.each.short": "For every short stay.",
    "billing.each.half": "For every half day.",
    "billing.each.full": "For every full day.",
    "billing.each.long": "For every long day.",
    "billing.club.most": "A day never costs more than {amount}.",
    "billing.club.half_day": "Shorter than {hours} hours: half a day costs {amount}.",
    "billing.club.day": "A holiday day costs {amount}.",
    "billing.club.social": "The social tariff takes {percent}% off.",
    "billing.club.siblings": "{percent}% less: a brother or sister was there too.",
    "billing.club.unused": "The place was kept and not used: {percent}% of {amount}.",
    "billing.club.given_up": "Given up on {day}, too late to be free: {percent}% of {amount}.",
    "billing.once": "Charged once.",
    "billing.given_back": "Given back.",
    "billing.held.certificate": "No fee certificate holds on this day. It is charged once there is one.",
    "billing.held.end": "It isn't noted when the child left. The stay is charged once that is known.",
    "billing.held.price": "The price list has no price for this stay.",
    "reminder.interest": "Interest of {percent}% a year on {amount} euros; days: {days}.",
    "reminder.unverified": "These figures of law are unverified: check them at their source before you send this.",
    "reminder.lump": "A lump sum of {amount} euros by law.",
    "reminder.lump_and_share": "A lump sum by law: {amount} euros and {percent}% of what is above {bound} euros.",
    "billing.held.payer": "Nobody pays for this day yet, or the shares don't make 100%.",
    "billing.asked_before": "Differs from document {number}.",
    "billing.change.new": "Nothing was asked for the month before.",
    "billing.change.days": "Days charged: {now}, the month before {before}.",
    "billing.change.absences": "Absences charged: {now}, the month before {before}.",
    "billing.change.price": "A full day: {now}, the month before {before}.",
    "billing.change.club": "Out-of-school care: {now}, the month before {before}.",
    "billing.change.other": "Other charges: {now}, the month before {before}.",
}
"""Every code with its English sentence; {names} are the parameters that the reason carries."""


@dataclass(frozen=True)
class Reason:
    """One reason: a code of `CODES` and its parameters, sorted by name."""

    code: str
    params: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, code: str, **params: Value) -> Self:
        """A reason with exactly the parameters that its sentence needs.

        Raises KeyError on an unknown code and ValueError on missing or needless parameters.
        """
        needed = fields_of(CODES[code])
        if params.keys() != needed:
            raise ValueError(f"{code} needs the parameters {sorted(needed)}, not {sorted(params)}")
        return cls(code, tuple(sorted(params.items())))

    def english(self) -> str:
        """The sentence in English, for logs, tests and the command line."""
        return CODES[self.code].format(**dict(self.params))


@dataclass(frozen=True)
class Problem:
    """What is wrong with a field of the input; a warning doesn't stop it."""

    field: str
    reason: Reason
    warning: bool = False


def fields_of(sentence: str) -> set[str]:
    """The names of the parameters in a sentence."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
