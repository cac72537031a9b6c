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
