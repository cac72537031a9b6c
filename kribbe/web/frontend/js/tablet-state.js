// Today as the server last told it, with what was tapped since and hasn't been told yet.

export const clock = (moment) =>
  new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

export const dayOf = (moment) => {
  const local = new Date(moment);
  return [local.getFullYear(), local.getMonth() + 1, local.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
};

// Taps that an undo names, both still waiting, count for nothing here; the server gets both.
export function withQueue(held, queue) {
  const gone = new Set(queue.map(({ cancels }) => cancels).filter(Boolean));
  const taps = queue.filter(({ key, kind }) => (kind === "in" || kind === "out") && !gone.has(key));
  const notes = queue.filter(({ kind }) => kind === "note");
  const came = ({ ref }) => taps.some(({ child }) => child === ref);
  return held.groups.map(({ others = [], ...group }) => ({
    ...group,
    others: others.filter((child) => !came(child)),
    children: [...group.children, ...others.filter(came)].map((child) => {
      const own = taps.filter((tap) => tap.child === child.ref);
      const stays = child.stays.map((stay) => [...stay]);
      let inside = child.in;
      for (const tap of own) {
        if (tap.kind === "in" && !inside) stays.push([tap.at, null]);
        if (tap.kind === "out" && inside) stays.at(-1)[1] = tap.at;
        inside = tap.kind === "in";
      }
      const written = notes.filter((note) => note.child === child.ref).map(({ label, words }) => ({ label, words }));
      return { ...child, in: inside, stays, notes: [...child.notes, ...written] };
    }),
  }));
}

const minutesOf = (moment) => new Date(moment).getHours() * 60 + new Date(moment).getMinutes();

export const everybody = (groups) => groups.flatMap(({ children, others }) => [...children, ...others]);

// The carers that the law asks at a time for who is in, read from the tables that came with the day; null where
// there is none.
export function needOf(held, groups, now) {
  const { of, sizes, table } = held.needs.find(({ until }) => minutesOf(now) < until);
  if (!table.length) return null;
  const counts = sizes.map((_size, place) =>
    groups
      .filter((_group, number) => of[number] === place)
      .flatMap((group) => group.children)
      .filter((child) => child.in).length,
  );
  if (counts.some((count, number) => count >= sizes[number])) return null;
  return table[counts.reduce((at, count, number) => at * sizes[number] + count, 0)] ?? null;
}

export function carersNow(held, now) {
  const [hour, minute] = held.noon.split(":").map(Number);
  const isAfternoon = minutesOf(now) >= hour * 60 + minute;
  return held.planned[isAfternoon ? 1 : 0];
}
