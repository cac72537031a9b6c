// Today as the server last told it, with what was tapped since and hasn't been told yet.
import { needOf } from "./tablet-ratio.js";
import { typedIn } from "./tablet-typed.js";

// Seconds by which a clock may be off before it is set right.
export const TRUSTED = 300;

// Where the location is, wherever the device thinks it is.
const timeZone = globalThis.document?.body.dataset.zone;
const wall = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });

// Day and time on the clock of the location, such as "2026-03-03" and "14:05".
const wallOf = (moment) => wall.format(new Date(moment)).split(" ");

// As the pages write a time: "8:05".
export const clock = (moment) => wallOf(moment)[1].replace(/^0/, "");

export const dayOf = (moment) => wallOf(moment)[0];

// The day of something that waits, by the clock as far as it was known to be off then.
const dayOfEvent = ({ at, offset = 0 }) => dayOf(Date.parse(at) + (Math.abs(offset) > TRUSTED ? offset * 1000 : 0));

// Taps that an undo names, both still waiting, count for nothing here; the server gets both. Nor does what waits of a day
// before: of that the tablet shows no child.
export function withQueue(held, waiting) {
  const queue = waiting.filter((event) => dayOfEvent(event) === held.day);
  const gone = new Set(queue.map(({ cancels }) => cancels).filter(Boolean));
  const taps = queue.filter(({ key, kind }) => (kind === "in" || kind === "out") && !gone.has(key));
  const notes = queue.filter(({ kind }) => kind === "note");
  const known = new Set(everybody(held.groups).map(({ ref }) => ref));
  const came = ({ ref }) => taps.some(({ child }) => child === ref);
  const groups = held.groups.map(({ others = [], ...group }) => ({
    ...group,
    others: others.filter((child) => !came(child)),
    children: [...group.children, ...others.filter(came), ...typedIn(group, taps, known)].map((child) => {
      const written = notes.filter((note) => note.child === child.ref).map(({ label, words }) => ({ label, words }));
      return { ...child, stays: child.stays.map((stay) => [...stay]), notes: [...child.notes, ...written] };
    }),
  }));
  const children = groups.flatMap((group) => group.children);
  for (const tap of taps) apply(tap, children);
  for (const group of groups) for (const child of group.children) child.there = whereElse(child, groups);
  return groups;
}

// Where a child is that isn't in here, and since when: a group, or another location as the server told; nothing for
// any other.
function whereElse(child, groups) {
  if (child.in) return undefined;
  const isThere = (each) => each.in && each.person === child.person;
  const group = groups.find(({ children }) => children.some(isThere));
  return group ? { group: group.name, since: group.children.find(isThere).stays.at(-1)[0] } : child.there;
}

// A child with two places, its own and the group that it visits, is where it was checked in last.
function apply({ kind, child: ref, at }, children) {
  const child = children.find((each) => each.ref === ref);
  if (!child) return;
  if (kind === "out") leave(child, at);
  else if (!child.in) {
    children.filter(({ person }) => person === child.person).forEach((each) => leave(each, at));
    child.stays.push([at, null]);
    child.in = true;
    child.there = null;
  }
}

function leave(child, at) {
  if (child.in) child.stays.at(-1)[1] = at;
  child.in = false;
}

const minutesOf = (moment) => {
  const [hours, minutes] = wallOf(moment)[1].split(":").map(Number);
  return hours * 60 + minutes;
};

export const everybody = (groups) => groups.flatMap(({ children, others = [] }) => [...children, ...others]);

// The carers that the law asks at a time for who is in.
export function needNow(held, groups, now) {
  const minute = minutesOf(now);
  const there = groups.map(({ layout, rests, children }) => {
    const inside = children.filter((child) => child.in);
    return {
      layout,
      inside: inside.length,
      baby: inside.some(({ baby }) => baby),
      rests: rests !== null && rests[0] <= minute && minute < rests[1],
    };
  });
  return needOf(held.law, there, held.own[partOf(held, now)]);
}

export const carersNow = (held, now) => held.planned[partOf(held, now)];

// Of the day: 0 the morning, 1 the afternoon.
function partOf({ noon }, now) {
  const [hour, minute] = noon.split(":").map(Number);
  return minutesOf(now) >= hour * 60 + minute ? 1 : 0;
}
