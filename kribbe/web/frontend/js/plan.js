// A child's day in the week plan: dragged to another day, or taken up with Enter and moved with the arrow keys.
// Both open the page that shows what it would do; without this script the link opens the same page with a choice.

const dayOf = (cell) => cell.closest("table").querySelectorAll("thead [data-day]")[(cell.cellIndex - 1) >> 1]?.dataset.day;
const cellsOf = (row, day) => [...row.cells].slice(1).filter((cell) => dayOf(cell) === day);

function mark(row, day) {
  row.querySelectorAll(".is-target").forEach((cell) => cell.classList.remove("is-target"));
  if (day) cellsOf(row, day).forEach((cell) => cell.classList.add("is-target"));
}

function look(link, day) {
  if (day && day !== dayOf(link.closest("td"))) location.assign(`${link.href}&to=${day}`);
}

export function plan(table) {
  table.dataset.ready = "yes";
  const status = document.querySelector("[data-plan-status]");
  const days = [...table.querySelectorAll("thead [data-day]")].map((head) => head.dataset.day);
  let link = null;
  let day = "";

  const stop = () => {
    if (link) mark(link.closest("tr"), "");
    link = null;
  };
  const pick = (taken) => {
    link = taken;
    day = dayOf(link.closest("td"));
    mark(link.closest("tr"), day);
  };

  table.addEventListener("keydown", (event) => {
    const own = event.target.closest("[data-move-day]");
    if (!own) return;
    if (event.key === "Enter" && link !== own) {
      pick(own);
      status.textContent = table.dataset.picked.replace("{what}", own.textContent.trim());
    } else if (event.key === "Enter") look(own, day);
    else if (link && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      const step = event.key === "ArrowLeft" ? -1 : 1;
      day = days[Math.min(Math.max(days.indexOf(day) + step, 0), days.length - 1)];
      mark(own.closest("tr"), day);
      status.textContent = table.querySelector(`thead [data-day="${day}"]`).textContent.trim();
    } else if (link && event.key === "Escape") {
      stop();
      status.textContent = table.dataset.stopped;
    } else return;
    event.preventDefault();
  });
  table.addEventListener("focusout", stop);
  table.addEventListener("dragstart", (event) => {
    const own = event.target.closest?.("[data-move-day]");
    if (own) pick(own);
  });
  table.addEventListener("dragover", (event) => {
    const cell = event.target.closest("tbody td");
    if (!link || cell?.parentElement !== link.closest("tr")) return;
    event.preventDefault();
    mark(cell.parentElement, dayOf(cell));
  });
  table.addEventListener("drop", (event) => {
    const cell = event.target.closest("tbody td");
    if (!link || !cell) return;
    event.preventDefault();
    look(link, dayOf(cell));
  });
  table.addEventListener("dragend", stop);
}
