// A file that is larger than its field takes is told at once, before it travels. The server judges all the same.

function told(input) {
  return document.getElementById(`${input.id}_too_large`);
}

function tell(input) {
  const line = told(input) ?? document.createElement("p");
  line.id = `${input.id}_too_large`;
  line.className = "ams-error-message";
  line.setAttribute("role", "alert");
  line.textContent = input.dataset.tooLarge;
  input.before(line);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim());
  input.closest(".ams-field")?.classList.add("ams-field--invalid");
  input.value = "";
}

function forget(input) {
  if (!told(input)) return;
  told(input).remove();
  input.removeAttribute("aria-invalid");
  input.closest(".ams-field")?.classList.remove("ams-field--invalid");
}

export function startSizes() {
  document.addEventListener("change", ({ target: input }) => {
    const most = Number(input.dataset?.most);
    if (!most || !input.files) return;
    forget(input);
    if ([...input.files].some((file) => file.size > most)) tell(input);
  });
}
