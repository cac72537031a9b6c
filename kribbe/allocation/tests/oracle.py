"""The definitions once more, as slowly and literally as they can be written; nothing of the solver or the checker.

A *world* is what everybody has: by child the number of a wish, KEEPS, or None. Places are counted cell by cell in
plain dictionaries; envy is tested by really taking children out and looking whether the wish fits then.
"""

from collections import Counter
from hashlib import sha256
from itertools import product

KEEPS = "keeps"


class Oracle:
    """One instance, as parsed JSON."""

    def __init__(self, raw):
        self.raw = raw
        self.children = {child["id"]: child for child in raw["children"]}
        self.locations = {location["id"]: location for location in raw["locations"]}
        self.free = {}
        for location in raw["locations"]:
            for group in location["groups"]:
                for period in range(raw["periods"]):
                    row = group["free"][0 if len(group["free"]) == 1 else period]
                    for slot in range(raw["slots"]):
                        self.free[location["id"], group["id"], period, slot] = row[slot]
        together = [(each["children"], each["mode"]) for each in raw["together"]]
        in_sets = {name for names, _ in together for name in names}
        self.agents = together + [([name], "alone") for name in self.children if name not in in_sets]

    def place(self, name, choice):
        """Where a choice is, as a wish or a place that one has; None if nowhere."""
        if choice is None:
            return None
        return self.children[name]["current"] if choice == KEEPS else self.children[name]["wishes"][choice]

    def cells(self, place):
        """Every half-day of a place."""
        return {
            (place["location"], stay["group"], period, slot)
            for stay in place["stays"]
            for period in range(stay["from"], stay["to"])
            for slot in range(self.raw["slots"])
            if stay["pattern"] & (1 << slot)
        }

    def new(self, world):
        """Those placed in this round, with the cells that they take."""
        return {
            name: self.cells(self.children[name]["wishes"][choice])
            for name, choice in world.items()
            if choice not in {None, KEEPS}
        }

    def fits(self, world, names):
        """Whether every cell that these children newly take holds everybody who newly takes it."""
        load = Counter()
        for cells in self.new(world).values():
            load.update(cells)
        room = Counter(self.free)
        for name, choice in world.items():
            if self.children[name]["current"] and choice not in {None, KEEPS}:
                room.update(self.cells(self.children[name]["current"]))
        mine = set().union(*[self.new(world).get(name, set()) for name in names])
        return all(load[cell] <= room[cell] for cell in mine)

    def standing(self, name, location):
        lot = sha256(f"{self.raw['seed']}:{name}".encode()).hexdigest()
        first = next(w for w in self.children[name]["wishes"] if w["location"] == location)
        return (*first["standing"], lot)

    def vulnerable_at(self, world, location):
        """Vulnerable children placed there in this round, the best standing first."""
        there = [
            name
            for name in self.new(world)
            if self.place(name, world[name])["location"] == location and self.children[name]["vulnerable"]
        ]
        return sorted(there, key=lambda name: self.standing(name, location))

    def rank(self, name, choice):
        return len(self.children[name]["wishes"]) if choice in {None, KEEPS} else choice

    def options(self, names, mode):
        """Everything that these could choose, the best first; to have nothing (new) is the last."""
        choices = []
        for name in names:
            row = self.children[name]
            choices.append([*range(len(row["wishes"])), KEEPS if row["current"] else None])
        found = []
        for option in product(*choices):
            new = [choice for choice in option if choice not in {None, KEEPS}]
            if mode == "both_or_none" and new and None in option:
                continue
            places = [self.place(name, choice) for name, choice in zip(names, option, strict=True)]
            at_one = None not in places and len({place["location"] for place in places}) == 1
            ranks = [self.rank(name, choice) for name, choice in zip(names, option, strict=True)]
            found.append((mode == "same_location" and not at_one, sum(ranks), ranks, option))
        return [option for *_, option in sorted(found, key=lambda row: row[:3])]

    def judge(self, world):
        """Faults, and the pairs of child and wish in justified envy."""
        faults, envy = [], set()
        if any(choice is None and self.children[name]["current"] for name, choice in world.items()):
            faults.append("a lost place")
        if not self.fits(world, list(world)):
            faults.append("overfull")
        for names, mode in self.agents:
            now = tuple(world[name] for name in names)
            options = self.options(names, mode)
            if now not in options:
                faults.append("no such option")
                continue
            for option in options[: options.index(now)]:
                found = self.could_have(world, names, option)
                if found == "waste":
                    faults.append("waste")
                elif found == "envy":
                    envy |= {
                        (name, choice)
                        for name, choice in zip(names, option, strict=True)
                        if choice not in {None, KEEPS}
                    }
        return faults, envy

    def could_have(self, world, names, option):
        changed = {**world, **dict(zip(names, option, strict=True))}
        if self.fits(changed, names):
            return "waste"
        others = {name: cells for name, cells in self.new(world).items() if name not in names}
        for rule in (self.stands_worse, self.is_owed):
            out = {
                other
                for other, cells in others.items()
                for name in names
                if changed[name] not in {None, KEEPS}
                and cells & self.cells(self.place(name, changed[name]))
                and rule(world, names, name, changed[name], other)
            }
            if self.fits_without(changed, names, out):
                return "envy"
        return ""

    def fits_without(self, world, names, out):
        """Whether they fit once these are out of their new places (what these had stays free: they are only out)."""
        room, load = Counter(self.free), Counter()
        for name, choice in world.items():
            if choice in {None, KEEPS}:
                continue
            if self.children[name]["current"]:
                room.update(self.cells(self.children[name]["current"]))
            if name not in out:
                load.update(self.cells(self.place(name, choice)))
        mine = set().union(*[self.new(world).get(name, set()) for name in names])
        return all(load[cell] <= room[cell] for cell in mine)

    def stands_worse(self, world, names, name, choice, other):
        location = self.place(name, choice)["location"]
        if self.standing(other, location) < self.standing(name, location):
            return False
        if self.children[name]["vulnerable"]:
            return True
        there = [each for each in self.vulnerable_at(world, location) if each not in names]
        return other not in there[: self.locations[location]["owed"]]

    def is_owed(self, world, names, name, choice, other):
        location = self.place(name, choice)["location"]
        there = [each for each in self.vulnerable_at(world, location) if each not in names]
        still_owed = len(there) < self.locations[location]["owed"]
        return self.children[name]["vulnerable"] and not self.children[other]["vulnerable"] and still_owed

    def worlds(self):
        """Every way to give the places that has no fault, with its envy."""
        names = [name for members, _ in self.agents for name in members]
        for chosen in product(*(self.options(members, mode) for members, mode in self.agents)):
            world = dict(zip(names, [choice for option in chosen for choice in option], strict=True))
            if not self.fits(world, names):
                continue
            faults, envy = self.judge(world)
            if not faults:
                yield world, envy
