// Photos of the children whom the tablet holds: asked for once, kept beside the list, and gone with it.

const KEPT = "faces";
const PATIENCE = 15_000;
const keysOf = (...days) =>
  new Set(days.flatMap((day) => day?.groups ?? []).flatMap(({ children }) => children).map(({ face }) => face).filter(Boolean));

export function facing(kept, address) {
  let known = {};
  let times = 0;

  async function keep(found, ...days) {
    const keys = keysOf(...days);
    known = Object.fromEntries(Object.entries(found).filter(([key]) => keys.has(key)));
    await kept.set(KEPT, known);
  }

  async function fetched() {
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const answer = await fetch(address, { credentials: "same-origin", cache: "no-store", signal });
      return answer.ok ? (await answer.json()).faces : {};
    } catch {
      return {};
    }
  }

  return {
    keep,
    known: () => known,
    async open() {
      known = (await kept.get(KEPT)) ?? {};
    },
    async forget() {
      known = {};
      times += 1;
    },
    // `days` tells what is held when it is asked. What was forgotten while the photos were on their way stays away.
    async follow(days) {
      const before = times;
      const lacks = [...keysOf(...(await days()))].some((key) => !(key in known));
      const found = lacks ? await fetched() : {};
      const held = await days();
      if (before !== times) return false;
      await keep({ ...known, ...found }, ...held);
      return lacks;
    },
    of(child) {
      if (!known[child.face]) return null;
      return Object.assign(new Image(), { src: known[child.face], alt: "" });
    },
  };
}
