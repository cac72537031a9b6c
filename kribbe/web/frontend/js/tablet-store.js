// What a tablet keeps: its queue of taps, today's children, and from closing time to midnight tomorrow's, which nobody
// sees before. Nothing else stays on the device.

const QUEUE = "queue";
const KEPT = "kept";
let opened;

function open(name) {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(QUEUE, { keyPath: "key" });
      asked.result.createObjectStore(KEPT);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

async function within(name, store, mode, work) {
  const database = await open(name);
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const asked = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

// A queued event is on disk before the page says that it was taken.
export function store(name) {
  return {
    add: (event) => within(name, QUEUE, "readwrite", (rows) => rows.put(event)),
    drop: (keys) => within(name, QUEUE, "readwrite", (rows) => keys.forEach((key) => rows.delete(key))),
    waiting: async () =>
      (await within(name, QUEUE, "readonly", (rows) => rows.getAll())).sort((a, b) => a.order - b.order),
    get: (key) => within(name, KEPT, "readonly", (rows) => rows.get(key)),
    set: (key, value) => within(name, KEPT, "readwrite", (rows) => rows.put(value, key)),
    forget: () => within(name, KEPT, "readwrite", (rows) => rows.clear()),
  };
}
