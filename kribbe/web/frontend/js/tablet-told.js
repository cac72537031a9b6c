// What became of taps, as far as a carer should know: one line for all of a kind, put away at once.
import { clock } from "./tablet-state.js";
import { fill } from "./tablet-words.js";

// So many names of one kind are told; the register has them all.
const MOST = 3;

// With what was said before and wasn't seen yet; `of` are the marks, "" of what wasn't kept.
export const gathered = (before, refused, marked) => [
  ...before,
  ...[...refused.map((row) => ({ ...row, marks: [] })), ...marked].map(({ event, marks }) => ({
    of: marks.join(", "),
    who: event ? `${event.name ?? ""} ${clock(event.at)}`.trim() : "",
  })),
];

export function linesOf(conflicts, words) {
  const kinds = [...new Set(conflicts.map(({ of }) => of))];
  return kinds.map((of) => {
    const all = conflicts.filter((each) => each.of === of).map(({ who }) => who);
    if (!of) return { of, text: fill(words.refused, { names: all.join(", ") }) };
    const more = all.length > MOST ? ` (+${all.length - MOST})` : "";
    return { of, text: fill(words.marked, { names: all.slice(-MOST).join(", ") + more, marks: of }) };
  });
}
