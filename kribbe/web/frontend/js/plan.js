// A child's day in the week plan: dragged to another day with the mouse, by a finger that rests on it first, or taken
// up with Enter and moved with the arrow keys. Each opens the page that shows what it would do; without this script the link opens the same page with a choice.

const HELD = 350; // milliseconds that a finger rests before it drags: shorter is a tap, and a moving one scrolls
const STILL = 10; // pixels that a resting finger may stray

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
  dragByFinger(table, pick, stop);
}

function dragByFinger(table, pick, stop) {
  let own = null; // the half-day beneath the finger
  let held = false;
  let from = null;
  let to = "";
  let timer = 0;

  const end = () => {
    clearTimeout(timer);
    if (held) {
      mark(own.closest("tr"), "");
      stop();
    }
    own = from = null;
    held = false;
  };
  table.addEventListener("touchstart", (event) => {
    end();
    own = event.touches.length === 1 ? event.target.closest("[data-move-day]") : null;
    if (!own) return;
    from = event.touches[0];
    timer = setTimeout(() => {
      held = true;
      to = dayOf(own.closest("td"));
      pick(own);
      navigator.vibrate?.(15);
    }, HELD);
  }, { passive: true });
  table.addEventListener("touchmove", (event) => {
    if (!own) return;
    const { clientX, clientY } = event.touches[0];
    if (!held) {
      if (Math.hypot(clientX - from.clientX, clientY - from.clientY) > STILL) end();
      return;
    }
    event.preventDefault();
    const cell = document.elementFromPoint(clientX, clientY)?.closest("tbody td");
    to = cell?.parentElement === own.closest("tr") ? dayOf(cell) : "";
    mark(own.closest("tr"), to);
  }, { passive: false });
  table.addEventListener("touchend", (event) => {
    if (!held) return end();
    event.preventDefault();
    look(own, to);
    end();
  });
  table.addEventListener("touchcancel", end);
  for (const kind of ["contextmenu", "dragstart"]) {
    table.addEventListener(kind, (event) => own && event.preventDefault(), true);
  }
}
