// Sends the queue, in order, until it is empty; what was answered leaves it, what wasn't stays.

const MOST = 200;
const PATIENCE = 15_000;

// What passed since the app began, by a clock that nobody sets; it begins anew with each session.
const session = crypto.randomUUID();
export const passed = () => ({ passed: Math.round(performance.now()), session });

async function call(address, body) {
  const answer = await fetch(address, {
    method: body ? "POST" : "GET",
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
    credentials: "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  const kind = answer.headers.get("Content-Type") ?? "";
  if (!kind.includes("json")) throw new TypeError(`answered ${answer.status}`);
  return { ok: answer.ok, status: answer.status, ...(await answer.json()) };
}

// `told` gets what happened: online(answer), offline(), out(code). One run at a time; a call meanwhile makes one more.
export function syncing(kept, addresses, told) {
  let running = false;
  let again = false;

  async function send() {
    const events = (await kept.waiting()).slice(0, MOST);
    const answer = await call(addresses.sync, {
      sent_at: new Date().toISOString(),
      ...passed(),
      events: events.map(({ order, name, ...event }) => event),
    });
    if (!answer.ok) return answer.status === 404 ? told.out(answer.code) : told.offline();
    const refused = answer.answers.filter(({ state }) => state === "refused");
    const marked = answer.answers.filter(({ state, marks }) => state === "kept" && marks.length);
    const found = (rows) => rows.map((row) => ({ ...row, event: events.find(({ key }) => key === row.key) }));
    await told.online(answer, found(refused), found(marked));
    await kept.drop(events.map(({ key }) => key));
    if (answer.revoked) return told.out("revoked");
    if (events.length === MOST) again = true;
    return told.changed();
  }

  return async function sync() {
    again = true;
    if (running) return;
    running = true;
    try {
      while (again) {
        again = false;
        await send();
      }
    } catch {
      again = false;
      await told.offline();
    } finally {
      running = false;
    }
  };
}

export const tryPin = (address, carer, pin) => call(address, { carer, pin });
