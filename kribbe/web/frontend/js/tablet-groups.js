// The groups on the page: a card for each child, those who may come besides, and why nobody is on a list.
import { emptyOf, fill, isMissing, linesOf, stateOf } from "./tablet-words.js";

// `template` clones one by its name, `faceOf` gives the photo of a child or nothing.
export function drawing(template, words, faceOf) {
  function kid(child) {
    const row = template("kid");
    const tap = row.querySelector(".kid__tap");
    row.classList.toggle("kid--in", child.in);
    row.classList.toggle("kid--left", !child.in && child.stays.length > 0);
    row.classList.toggle("kid--missing", isMissing(child));
    tap.dataset.ref = child.ref;
    tap.setAttribute("aria-pressed", child.in);
    row.querySelector(".kid__face").replaceChildren(faceOf(child) ?? child.initials);
    row.querySelector(".kid__name").textContent = child.name;
    row.querySelector(".kid__state").textContent = stateOf(child, words);
    for (const [name, text] of Object.entries(linesOf(child, words))) {
      const line = row.querySelector(`.kid__${name}`);
      line.hidden = !text;
      (line.querySelector("span") ?? line).textContent = text;
    }
    row.querySelector(".kid__notes").replaceChildren(
      ...child.notes.map((note) => {
        const line = document.createElement("li");
        line.textContent = `${note.label}: ${note.words}`;
        return line;
      }),
    );
    const write = row.querySelector(".kid__note");
    write.hidden = child.outside;
    write.dataset.note = child.ref;
    write.querySelector("span").textContent += `: ${child.name}`;
    return row;
  }

  function other(child) {
    const row = template("other");
    const tap = row.querySelector("button");
    tap.dataset.ref = child.ref;
    tap.querySelector("span").textContent = child.name;
    return row;
  }

  return function sections(groups, isShut, opened) {
    return groups.map((group, number) => {
      const section = template("group");
      section.querySelector("[data-name]").textContent = group.name;
      section.querySelector("[data-count]").textContent = fill(words.count, {
        inside: group.children.filter((child) => child.in).length,
        total: group.children.length,
      });
      section.querySelector("[data-kids]").replaceChildren(...group.children.map(kid));
      const empty = section.querySelector("[data-nobody]");
      empty.textContent = emptyOf(group, isShut, words);
      empty.hidden = !empty.textContent;
      const rest = section.querySelector("[data-others]");
      rest.hidden = !group.others.length;
      rest.open = opened[number] ?? false;
      rest.querySelector("[data-other-kids]").replaceChildren(...group.others.map(other));
      section.querySelector("[data-another]").dataset.another = number;
      section.querySelector("[data-another-of]").textContent = `: ${group.name}`;
      return section;
    });
  };
}
