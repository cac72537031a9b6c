// What the tablet says, by the texts that came with the page.
import { clock } from "./tablet-state.js";

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

// How it stands with a child.
export function stateOf(child, words) {
  const stay = child.stays.at(-1);
  if (child.in) return fill(words.in, { time: clock(stay[0]) });
  if (child.there) return fill(words.there, { group: child.there.group, time: clock(child.there.since) });
  if (stay) return fill(words.left, { time: clock(stay[1]) });
  if (child.missing) return fill(words.missing, { hours: child.hours });
  return fill(words.expected, { hours: child.hours });
}

export const isMissing = (child) => child.missing && !child.in && !child.there;

// A telephone number stays on one line.
const whole = (text) => text.replace(/(?<=\d) (?=\d)/g, "\u00a0");

// What is known of whom to call; of a typed name nothing is.
export const callsOf = (child, words) => (child.typed ? words.typed : whole(child.calls.join(" · ")) || words.noCalls);

// What stands beneath a face, by line: whom to call while the child is there, or is missing.
export const linesOf = (child, words) => ({
  care: child.care.join(" · "),
  fetch: child.fetchers.length ? fill(words.fetch, { names: whole(child.fetchers.join(", ")) }) : "",
  call: child.in || isMissing(child) ? fill(child.typed ? "{names}" : words.call, { names: callsOf(child, words) }) : "",
  away: child.in ? "" : child.away,
});

// How it stands with the network and with what waits to be sent.
export function netOf({ isOffline, isHeld, count }, words) {
  const waits = isOffline ? fill(words.offline, { count }) : fill(words.sending, { count });
  if (isHeld && isOffline && !count) return words.offlineNone;
  const day = isHeld ? "" : isOffline ? words.noDay : words.fetching;
  return [day, count ? waits : ""].filter(Boolean).join(" ");
}

// What the page says of a day on which nobody is expected.
export const shutOf = (held, words) =>
  held.closed ? fill(words.shut, { closed: held.closed }) : held.groups.length ? "" : words.noGroups;

// Why a group has nobody on its list; nothing where the page says it of the whole location.
export function emptyOf(group, isShut, words) {
  if (group.children.length || isShut) return "";
  return group.closed ? words.groupShut : words.empty;
}
