// A form is sent once; typed input is not left without a question.

const changed = new WeakSet();
const guarded = new Set();

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

function onSubmit(event) {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  guarded.delete(form);
  changed.delete(form);
  setTimeout(() => event.defaultPrevented && !form.hasAttribute("hx-post") && release(form));
}

function onInput(event) {
  const form = event.target.form;
  if (form?.hasAttribute("data-guard")) {
    changed.add(form);
    guarded.add(form);
  }
  if (event.type === "change" && event.target.hasAttribute?.("data-submit")) form.requestSubmit();
}

function beforeLeaving(event) {
  if ([...guarded].some((form) => form.isConnected && changed.has(form))) event.preventDefault();
}

export function startForms() {
  document.addEventListener("submit", onSubmit, { capture: true });
  document.addEventListener("input", onInput);
  document.addEventListener("change", onInput);
  window.addEventListener("beforeunload", beforeLeaving);
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
  document.addEventListener("htmx:finally:request", () => {
    document.querySelectorAll("form[data-sent]").forEach(release);
  });
}
