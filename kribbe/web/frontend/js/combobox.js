// A field with suggestions while typing (ARIA combobox with a listbox). Without script it is a plain field.

const WAIT = 150;
const LEAST = 2;

function optionsOf(list) {
  return [...list.querySelectorAll("[role=option]")];
}

class Combobox {
  constructor(root) {
    this.root = root;
    this.input = root.querySelector("input");
    this.list = root.querySelector("[role=listbox]");
    this.status = root.querySelector("[role=status]");
    this.active = -1;
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false" };
    Object.entries(attributes).forEach(([name, value]) => this.input.setAttribute(name, value));
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
  }

  get isOpen() {
    return !this.list.hidden;
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const text = this.input.value.trim();
    this.asking?.abort();
    if (text.length < LEAST) return this.close();
    this.asking = new AbortController();
    const query = new URLSearchParams({ q: text, only: this.root.dataset.only });
    try {
      const answer = await fetch(`${this.root.dataset.combobox}?${query}`, { signal: this.asking.signal });
      if (answer.ok) this.show(await answer.text());
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(html) {
    if (document.activeElement !== this.input) return;
    this.list.innerHTML = html;
    const options = optionsOf(this.list);
    options.forEach((option, index) => (option.id = `${this.list.id}-${index}`));
    this.status.textContent = options.length ? this.root.dataset.words.replace("{n}", options.length) : this.root.dataset.none;
    this.open(options.length > 0);
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    this.mark(-1);
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.open(false);
    this.status.textContent = "";
  }

  mark(index) {
    const options = optionsOf(this.list);
    this.active = index;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    if (index < 0) this.input.removeAttribute("aria-activedescendant");
    else {
      this.input.setAttribute("aria-activedescendant", options[index].id);
      options[index].scrollIntoView({ block: "nearest" });
    }
  }

  move(step) {
    if (!this.isOpen) return void this.ask();
    const count = optionsOf(this.list).length;
    const from = this.active < 0 && step < 0 ? 0 : this.active;
    this.mark((from + step + count) % count);
  }

  choose(option) {
    if (!option) return;
    this.input.value = option.dataset.value;
    this.close();
    this.input.focus();
  }

  onKey(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      this.move(steps[event.key]);
    } else if (event.key === "Enter" && this.isOpen && this.active >= 0) {
      event.preventDefault();
      this.choose(optionsOf(this.list)[this.active]);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab") this.close();
  }
}

export function startComboboxes(root) {
  root.querySelectorAll("[data-combobox]:not([data-ready])").forEach((one) => {
    one.dataset.ready = "yes";
    new Combobox(one);
  });
}
