// A picture is shown where its field says (`data-shown-in`, an id) before anything is sent; the words of another field
// (`data-words`, a name) are read out with it.

function show(input, panel, url) {
  const picture = panel.querySelector("img");
  const words = input.form.elements[input.dataset.words];
  picture.src = url;
  picture.alt = words.value;
  words.addEventListener("input", () => (picture.alt = words.value));
  panel.hidden = false;
}

function onChange({ target: input }) {
  const panel = document.getElementById(input.dataset?.shownIn ?? "");
  if (!panel) return;
  const [file] = input.files;
  panel.hidden = true;
  if (!file) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => show(input, panel, reader.result));
  reader.readAsDataURL(file);
}

export function startPreviews() {
  document.addEventListener("change", onChange);
}
