// The half-day picker's sentence and quick buttons. Words come from data-words, so that they are translated.

function join(parts, and) {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} ${and} ${parts.at(-1)}`;
}

export function weekWords(slots, words) {
  const days = { whole: [], morning: [], afternoon: [] };
  words.days.forEach((day, index) => {
    const morning = slots.has(2 * index);
    const afternoon = slots.has(2 * index + 1);
    if (morning && afternoon) days.whole.push(day);
    else if (morning) days.morning.push(day);
    else if (afternoon) days.afternoon.push(day);
  });
  return ["whole", "morning", "afternoon"]
    .filter((part) => days[part].length)
    .map((part) => words[part].replace("%s", join(days[part], words.and)))
    .join(", ");
}

function chosen(picker) {
  return new Set([...picker.querySelectorAll("input:checked")].map((input) => Number(input.value)));
}

function update(picker, words) {
  const slots = chosen(picker);
  const count = picker.querySelector("[data-count]");
  const text = picker.querySelector("[data-words-here]");
  if (!count || !text) return;
  count.textContent = slots.size ? (slots.size === 1 ? words.one : words.many).replace("%d", slots.size) : "";
  text.textContent = slots.size ? `${weekWords(slots, words)}.` : words.none;
}

const SETS = { all: () => true, mornings: (slot) => slot % 2 === 0, afternoons: (slot) => slot % 2 === 1, none: () => false };

// What is ticked of the weekend stays, unless all is cleared.
function set(picker, which) {
  const inputs = [...picker.querySelectorAll("input[type=checkbox]")];
  inputs.forEach((input) => {
    const slot = Number(input.value);
    if (!input.disabled && (slot < 10 || which === "none")) input.checked = SETS[which](slot);
  });
  inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
}

export function startPickers(root) {
  root.querySelectorAll("[data-picker]:not([data-ready])").forEach((picker) => {
    const words = JSON.parse(picker.dataset.words);
    picker.dataset.ready = "yes";
    picker.addEventListener("change", () => update(picker, words));
    picker.addEventListener("click", (event) => {
      const button = event.target.closest("[data-set]");
      if (button) set(picker, button.dataset.set);
    });
    update(picker, words);
  });
}
