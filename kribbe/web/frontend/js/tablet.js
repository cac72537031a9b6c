// The tablet at a location: one tap in, one tap out, with or without network.
import { facing } from "./tablet-faces.js";
import { drawing } from "./tablet-groups.js";
import { carersNow, clock, dayOf, everybody, needNow, TRUSTED, withQueue } from "./tablet-state.js";
import { store } from "./tablet-store.js";
import { passed, syncing, tryPin } from "./tablet-sync.js";
import { gathered, linesOf } from "./tablet-told.js";
import { tapping } from "./tablet-touch.js";
import { typing } from "./tablet-typed.js";
import { callsOf, fill, netOf, shutOf } from "./tablet-words.js";

const EVERY = 30_000;
const SAID_FOR = 12_000;

const page = document.body;
const { day, faces: facesAddress, sync: syncAddress, pin, worker, scope, enrol } = page.dataset;
const words = page.querySelector("[data-words]").dataset;
const kept = store(`kribbe ${scope}`);
const faces = facing(kept, facesAddress);
const isNewTap = tapping();
const one = (name) => page.querySelector(`[data-${name}]`);
const template = (name) => page.querySelector(`template[data-template="${name}"]`).content.firstElementChild.cloneNode(true);
const sections = drawing(template, words, faces.of);

let held = null;
let queue = [];
let me = null;
let offset = 0;
let conflicts = [];
let isOffline = false;
let last = null;
let timer;

const now = () => Date.now() + (Math.abs(offset) > TRUSTED ? offset * 1000 : 0);

function show(element, text) {
  element.hidden = !text;
  if (element.textContent !== text) element.textContent = text;
}

function drawGroups(groups) {
  const focused = document.activeElement?.dataset?.ref;
  const opened = [...one("groups").querySelectorAll("[data-others]")].map(({ open }) => open);
  const shut = shutOf(held, words);
  show(one("shut"), shut);
  one("groups").replaceChildren(...sections(groups, Boolean(shut), opened));
  if (focused) one("groups").querySelector(`[data-ref="${focused}"]`)?.focus();
}

function drawRatio(groups) {
  const inside = groups.flatMap((group) => group.children).filter((child) => child.in).length;
  const { carers: need, tooMany } = needNow(held, groups, now());
  const carers = carersNow(held, now());
  const isShort = carers !== null && carers < need;
  const text = carers === null ? words.ratioNeed : isShort ? words.ratioShort : words.ratioKnown;
  const many = tooMany ? ` · ${fill(words.ratioMany, { count: tooMany })}` : "";
  one("ratio").textContent = fill(text, { inside, carers, need }) + many;
  one("ratio").classList.toggle("bad", isShort || tooMany > 0);
}

function drawList(groups) {
  const children = groups.flatMap((group) => group.children);
  const inside = children.filter((child) => child.in);
  one("list-count").textContent = inside.length;
  one("list-rows").replaceChildren(
    ...inside.map((child) => {
      const row = template("row");
      row.querySelector("strong").textContent = child.full;
      row.querySelector(".nums").textContent = clock(child.stays.at(-1)[0]);
      row.querySelector("[data-calls]").textContent = callsOf(child, words);
      row.querySelector("[data-care]").textContent = child.care.join(" · ");
      return row;
    }),
  );
  const there = new Set(inside.map(({ person }) => person));
  const names = children.filter(({ person }) => !there.has(person)).map((child) => (child.there ? `${child.full} (${child.there.group})` : child.full));
  one("list-out").textContent = names.length ? fill(words.out, { names: names.join(", ") }) : "";
}

function drawConflicts() {
  one("conflicts").replaceChildren(
    ...linesOf(conflicts, words).map(({ of, text }) => {
      const line = template("conflict");
      line.querySelector("span").textContent = text;
      line.querySelector("button").addEventListener("click", () => seen(of));
      return line;
    }),
  );
}

function drawNet() {
  show(one("net"), netOf({ isOffline, isHeld: held !== null, count: queue.length }, words));
  one("net").classList.toggle("tablet__net--warn", isOffline);
  const minutes = Math.round(Math.abs(offset) / 60);
  show(one("clock"), Math.abs(offset) > TRUSTED ? fill(offset > 0 ? words.slow : words.fast, { minutes }) : "");
}

function draw() {
  one("who-name").textContent = me?.name ?? words.unknown;
  drawNet();
  drawConflicts();
  if (!held) {
    show(one("shut"), "");
    one("groups").replaceChildren();
    one("list-rows").replaceChildren();
    one("list-count").textContent = "";
    one("list-out").textContent = words.listNone;
    one("ratio").textContent = "";
    return;
  }
  const groups = withQueue(held, queue);
  drawGroups(groups);
  drawRatio(groups);
  drawList(groups);
}

const childOf = (ref) => everybody(withQueue(held, queue)).find((child) => child.ref === ref);

async function push(event) {
  const row = {
    key: crypto.randomUUID(),
    at: new Date().toISOString(),
    ...passed(),
    offset,
    order: Date.now() + queue.length / 1000,
    carer: me?.carer ?? "",
    ticket: me?.ticket ?? "",
    ...event,
  };
  await kept.add(row);
  queue = await kept.waiting();
  draw();
  send();
  return row;
}

async function press(ref) {
  const child = childOf(ref);
  const kind = child.in ? "out" : "in";
  await pressed({ kind, child: ref, name: child.name, typed: child.typed });
}

async function pressed(event) {
  last = await push(event);
  const { kind, name } = event;
  say(fill(kind === "in" ? words.saidIn : words.saidOut, { name, time: clock(now()) }), true);
}

const another = typing(one("another-box"), words, (child) => pressed({ kind: "in", ...child }));

async function undo() {
  if (!last) return;
  const { key, child, name, typed } = last;
  last = null;
  await push({ kind: "cancel", child, name, typed, cancels: key });
  say(fill(words.saidUndone, { name }), false);
}

function say(text, canUndo) {
  clearTimeout(timer);
  one("said").hidden = false;
  one("said-text").textContent = text;
  one("undo").hidden = !canUndo;
  timer = setTimeout(() => (one("said").hidden = true), SAID_FOR);
}

async function seen(kind) {
  conflicts = conflicts.filter(({ of }) => of !== kind);
  await kept.set("conflicts", conflicts);
  draw();
}

// A day that is over, or a tablet that was shut out: no child stays on it. What wasn't sent yet stays.
async function forget() {
  await Promise.all([kept.forget(), faces.forget()]);
  held = me = last = null;
  conflicts = [];
  draw();
}

// Tomorrow's children, fetched after closing time, are today's from midnight on; on any other day they go unseen.
async function dayChange() {
  const today = dayOf(now());
  const next = await kept.get("next");
  if (held ? held.day === today : !next || next.day > today) return;
  const theirs = faces.known();
  await forget();
  if (next?.day !== today) return;
  held = next;
  await Promise.all([kept.set("held", held), faces.keep(theirs, held)]);
  draw();
}

const told = {
  async online(answer, refused, marked) {
    isOffline = false;
    offset = answer.offset;
    const { next, ...today } = answer.held ?? {};
    held = answer.held && today;
    conflicts = gathered(conflicts, refused, marked);
    await Promise.all([kept.set("held", held), kept.set("next", next ?? null), kept.set("offset", offset), kept.set("conflicts", conflicts)]);
    faces.follow(async () => [held, await kept.get("next")]).then((isNew) => isNew && draw());
  },
  async changed() {
    queue = await kept.waiting();
    draw();
  },
  async offline() {
    isOffline = true;
    draw();
  },
  async out() {
    await forget();
    for (const name of await caches.keys()) if (name.startsWith(`kribbe ${scope} `)) await caches.delete(name);
    const known = await navigator.serviceWorker?.getRegistration(scope);
    await known?.unregister();
    location.assign(enrol);
  },
};
const send = syncing(kept, { sync: syncAddress, day }, told);

function openPin() {
  const carers = held?.carers ?? [];
  one("pin-error").textContent = carers.length ? "" : words.noCarers;
  one("pin-form").querySelector("[type=submit]").disabled = !carers.length;
  page.querySelector("#pin").value = "";
  one("carers").replaceChildren(
    ...carers.map((carer, number) => {
      const label = document.createElement("label");
      const radio = document.createElement("input");
      const name = document.createElement("span");
      label.className = "chip";
      Object.assign(radio, { type: "radio", name: "carer", value: carer.ref, checked: carer.ref === me?.carer || !number });
      name.textContent = carer.name;
      label.append(radio, name);
      return label;
    }),
  );
  one("pin-box").showModal();
}

async function sendPin(event) {
  event.preventDefault();
  const given = new FormData(event.target);
  one("pin-error").textContent = "";
  try {
    const answer = await tryPin(pin, given.get("carer"), given.get("pin"));
    if (!answer.ok) return void (one("pin-error").textContent = answer.detail);
    me = { carer: answer.carer, name: answer.name, ticket: answer.ticket };
  } catch {
    const carer = held?.carers.find(({ ref }) => ref === given.get("carer"));
    one("pin-error").textContent = words.noNet;
    if (!carer || carer.ref === me?.carer) return undefined;
    me = { carer: carer.ref, name: carer.name, ticket: "" };
  }
  await kept.set("me", me);
  if (!one("pin-error").textContent) one("pin-box").close();
  return draw();
}

function openNote(ref) {
  const child = childOf(ref);
  one("note-form").dataset.child = ref;
  one("note-name").textContent = child.name;
  page.querySelector("#words").value = "";
  one("note-box").showModal();
}

async function sendNote(event) {
  event.preventDefault();
  const form = event.target;
  const given = new FormData(form);
  const text = given.get("words").trim();
  if (!text) return;
  const about = given.get("about");
  const label = form.querySelector(`input[value="${about}"]`).parentElement.textContent.trim();
  one("note-box").close();
  await push({ kind: "note", child: form.dataset.child, about, words: text, label, name: childOf(form.dataset.child).name });
}

function listen() {
  page.addEventListener("click", (event) => {
    const tap = event.target.closest("[data-ref]");
    const note = event.target.closest("[data-note]");
    const word = event.target.closest("[data-word]");
    const more = event.target.closest("[data-another]");
    if (more && held) another(held.groups[more.dataset.another], held);
    else if (tap) isNewTap(tap.dataset.ref, tap.closest("[data-others]") !== null) && press(tap.dataset.ref);
    else if (note) openNote(note.dataset.note);
    else if (word) page.querySelector("#words").value = word.dataset.word;
  });
  page.addEventListener("change", ({ target }) => {
    if (target.name !== "about") return;
    page.querySelectorAll("[data-quick]").forEach((row) => (row.hidden = row.dataset.quick !== target.value));
  });
  one("who").addEventListener("click", openPin);
  one("pin-form").addEventListener("submit", sendPin);
  one("pin-close").addEventListener("click", () => one("pin-box").close());
  one("note-form").addEventListener("submit", sendNote);
  one("note-close").addEventListener("click", () => one("note-box").close());
  one("undo").addEventListener("click", undo);
  one("evacuate").addEventListener("click", () => {
    page.classList.add("tablet--list");
    one("list").hidden = false;
    page.querySelector("#list-title").focus();
  });
  one("list-close").addEventListener("click", () => {
    page.classList.remove("tablet--list");
    one("list").hidden = true;
  });
  one("list-print").addEventListener("click", () => print());
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.hidden || tick());
}

async function tick() {
  await dayChange();
  await send();
}

async function start() {
  listen();
  [held, me, offset, conflicts, queue] = await Promise.all([
    kept.get("held").then((found) => found ?? null),
    kept.get("me").then((found) => found ?? null),
    kept.get("offset").then((found) => found ?? 0),
    kept.get("conflicts").then((found) => found ?? []),
    kept.waiting(),
    faces.open(),
  ]);
  await dayChange();
  draw();
  navigator.storage?.persist?.();
  navigator.serviceWorker?.register(worker, { scope });
  await tick();
  setInterval(tick, EVERY);
}

start();
