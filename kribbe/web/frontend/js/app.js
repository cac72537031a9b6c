import htmx from "htmx.org";
import { startComboboxes } from "./combobox.js";
import { startForms } from "./forms.js";
import { startPickers } from "./picker.js";
import { startShell } from "./shell.js";
import { startPreviews } from "./preview.js";
import { startSizes } from "./sizes.js";

window.htmx = htmx;

async function startRanked(root) {
  const lists = [...root.querySelectorAll("[data-ranked]:not([data-ready])")];
  if (!lists.length) return;
  const { ranked } = await import("./ranked.js");
  lists.forEach(ranked);
}

async function startPlans(root) {
  const tables = [...root.querySelectorAll("[data-plan]:not([data-ready])")];
  if (!tables.length) return;
  const { plan } = await import("./plan.js");
  tables.forEach(plan);
}

function startMaps(root) {
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      import("./map.js").then(({ drawMap }) => drawMap(target));
    }
  });
  root.querySelectorAll("[data-map]:not([data-ready])").forEach((map) => watcher.observe(map));
}

function start(root) {
  startPickers(root);
  startComboboxes(root);
  startRanked(root);
  startPlans(root);
  startMaps(root);
}

startShell();
startForms();
startSizes();
startPreviews();
start(document);
document.addEventListener("htmx:after:swap", () => start(document));
