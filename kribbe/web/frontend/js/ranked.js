import Sortable from "sortablejs";

// Dragging by the handle, or where a phone has no room for it by the number; and up/down buttons; the hidden inputs follow the order of the list, so the form simply sends it.

function renumber(list) {
  const items = [...list.children];
  items.forEach((item, index) => {
    item.querySelector("[data-nr]").textContent = index + 1;
    item.querySelector("[data-move=up]").disabled = index === 0;
    item.querySelector("[data-move=down]").disabled = index === items.length - 1;
  });
}

function moved(list, item) {
  renumber(list);
  const place = [...list.children].indexOf(item) + 1;
  const status = list.parentElement.querySelector("[data-ranked-status]");
  status.textContent = list.dataset.said.replace("%(name)s", item.dataset.name).replace("%(place)s", place);
  item.querySelector("input[type=hidden]").dispatchEvent(new Event("change", { bubbles: true }));
}

function onClick(list, event) {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  event.preventDefault();
  const item = button.closest("li");
  const up = button.dataset.move === "up";
  up ? item.previousElementSibling?.before(item) : item.nextElementSibling?.after(item);
  moved(list, item);
  const other = item.querySelector(`[data-move=${up ? "down" : "up"}]`);
  (button.disabled ? other : button).focus();
}

export function ranked(list) {
  list.dataset.ready = "yes";
  list.classList.add("is-sortable");
  list.addEventListener("click", (event) => onClick(list, event));
  Sortable.create(list, { handle: "[data-grip], [data-nr]", animation: 0, onEnd: ({ item }) => moved(list, item) });
}
