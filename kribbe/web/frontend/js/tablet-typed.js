// A child that the tablet doesn't know: under the name that somebody types it is in, until the location says who it was.

const BLANK = "\u115f\u1160\u2800\u3164\uffa0";

// A name has a letter that is drawn.
export const isName = (text) => [...text].some((each) => /\p{L}/u.test(each) && !BLANK.includes(each));

// Whether the law of the day asks if it is a baby: among toddlers alone it makes a difference.
export const asksBaby = (law, { layout }) => Boolean(law.limits) && layout === "toddlers";

// As the server tells such a child, from the tap by which it came.
const entry = ({ child, typed }) => ({
  ref: child,
  person: child,
  name: typed.name,
  full: typed.name,
  initials: typed.name.slice(0, 2).toUpperCase(),
  outside: true,
  baby: typed.baby,
  in: false,
  missing: false,
  typed,
  ...Object.fromEntries(["face", "hours", "away"].map((key) => [key, ""])),
  ...Object.fromEntries(["stays", "marks", "fetchers", "calls", "notes", "care"].map((key) => [key, []])),
});

// The children of a group who came by taps that wait, and whom the server hasn't told yet.
export function typedIn({ key }, taps, known) {
  const theirs = taps.filter(({ kind, child, typed }) => kind === "in" && typed?.group === key && !known.has(child));
  const first = theirs.filter(({ child }, at) => theirs.findIndex((each) => each.child === child) === at);
  return first.map(entry);
}

// The box in which a name is typed. What it is for is drawn when it opens: sent twice, it is still one child.
export function typing(box, words, came) {
  const form = box.querySelector("form");
  const name = form.querySelector("[name=name]");
  const error = form.querySelector("[data-another-error]");
  let next = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = name.value.trim().replace(/\s+/g, " ");
    error.textContent = isName(typed) ? "" : words.noName;
    if (error.textContent) return name.focus();
    box.close();
    const { group, ...drawn } = next;
    return came({ ...drawn, name: typed, typed: { name: typed, group: group.key, baby: form.querySelector("[name=baby]").checked } });
  });
  form.querySelector("[data-another-close]").addEventListener("click", () => box.close());

  return function open(group, held) {
    next = { group, key: crypto.randomUUID(), child: `typed-${crypto.randomUUID()}` };
    form.reset();
    error.textContent = "";
    form.querySelector("[data-another-group]").textContent = group.name;
    const baby = form.querySelector("[data-another-baby]");
    baby.hidden = !asksBaby(held.law, group);
    baby.querySelector("span").textContent = words.baby.replace("{months}", held.baby);
    box.showModal();
  };
}
