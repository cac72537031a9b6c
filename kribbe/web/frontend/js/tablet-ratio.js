// The carers that the law of a day asks for who is in, by the figures that came with the day: the rule of the server
// (kribbe/rules/ratio.py), and held to it by the same cases.

const inAll = (groups) => groups.reduce((total, { inside }) => total + inside, 0);

// With a baby a group of toddlers counts as a mixed one.
const counted = ({ layout, baby }) => (layout === "toddlers" && baby ? "mixed" : layout);

// Each group with its children for a carer: parts of carers add up before they are rounded, in whole numbers.
function carersFor(shares) {
  const common = [...new Set(shares.map(([, limit]) => limit))].reduce((all, limit) => all * limit, 1);
  const parts = shares.reduce((all, [inside, limit]) => all + (inside * common) / limit, 0);
  return Math.ceil(parts / common);
}

const atHome = ({ family, most }, children) => ({
  carers: Math.ceil(children / family),
  tooMany: Math.max(0, children - most),
});

const whateverTheAge = ({ alone, together }, children) =>
  children <= alone ? 1 : Math.max(2, Math.ceil(children / together));

// `groups` have each its layout, how many are inside, whether a baby is among them and whether it rests; `own` are
// children of a family carer who are at home.
export function needOf(law, groups, own = 0) {
  const children = inAll(groups);
  if (!children) return { carers: 0, tooMany: 0 };
  if (law.family) return atHome(law, children + own);
  const limitOf = (group) => (law.limits ? law.limits[counted(group)] : law.together);
  const awake = law.limits
    ? carersFor(groups.map((group) => [group.inside, limitOf(group)]))
    : whateverTheAge(law, children);
  const rested = carersFor(groups.map((group) => [group.inside, group.rests ? law.rest : limitOf(group)]));
  const isResting = groups.some(({ rests, inside }) => rests && inside);
  return {
    carers: isResting ? Math.min(awake, Math.max(law.watch, rested)) : awake,
    tooMany: groups.reduce((all, { inside }) => all + Math.max(0, inside - law.group), 0),
  };
}
