// Menus, dialogs, toggles and copy buttons, all by data attributes.

function closeMenus(except) {
  document.querySelectorAll("details.drop[open]").forEach((menu) => {
    if (!menu.contains(except)) menu.open = false;
  });
}

function toggle(button) {
  const target = button.closest(button.dataset.toggle) ?? document.querySelector(button.dataset.toggle);
  if (!target) return;
  const open = target.classList.toggle("is-open");
  button.setAttribute("aria-expanded", String(open));
  if (open && button.hasAttribute("data-focus")) target.querySelector("input, select")?.focus();
}

function showView(button) {
  const root = button.closest("[data-view]");
  root.dataset.view = button.dataset.show;
  root.querySelectorAll("[data-show]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.closest(".copy").querySelector("[role=status]").textContent = button.dataset.done;
}

function linkPair(event, on) {
  const number = event.target.closest?.("[data-place]")?.dataset.place;
  if (number === undefined) return;
  document.querySelectorAll(`[data-place="${CSS.escape(number)}"]`).forEach((one) => one.classList.toggle("is-hot", on));
}

function onClick(event) {
  closeMenus(event.target);
  const find = (name) => event.target.closest?.(`[${name}]`);
  const opener = find("data-dialog");
  const closer = find("data-close");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialog)?.showModal();
  } else if (closer) {
    const owner = closer.closest("dialog");
    owner ? owner.close() : closer.closest(".alert")?.remove();
  } else if (find("data-toggle")) toggle(find("data-toggle"));
  else if (find("data-show")) showView(find("data-show"));
  else if (find("data-copy")) copy(find("data-copy"));
  else if (find("data-print")) window.print();
}

export function startShell() {
  document.addEventListener("click", onClick);
  document.addEventListener("mouseover", (event) => linkPair(event, true));
  document.addEventListener("mouseout", (event) => linkPair(event, false));
  document.addEventListener("focusin", (event) => linkPair(event, true));
  document.addEventListener("focusout", (event) => linkPair(event, false));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.drop[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.querySelector("[data-error-summary]")?.focus();
  document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}
