// Shapes of what this phone keeps, and how older shapes become the present one. A phone may come back after months
// with a store of any earlier version: steps are only ever added at the end, and each client version's store is
// kept as a test (yanmen/edge/phone/tests/clients).

/** One step a version: step n brings a store of version n to n + 1. */
const STEPS = {
  device: [
    (database) => {
      database.createObjectStore("kept");
    },
  ],
  user: [
    (database) => {
      const records = database.createObjectStore("records", { keyPath: "id" });
      records.createIndex("state", "state");
      database.createObjectStore("local");
      database.createObjectStore("documents");
    },
  ],
};

/** Open a database of a shape ("device" or "user"), bringing it up to date. */
export function openDatabase(name, shape) {
  return new Promise((resolve, reject) => {
    const steps = STEPS[shape];
    const request = indexedDB.open(name, steps.length);
    request.onupgradeneeded = ({ oldVersion }) => {
      for (const step of steps.slice(oldVersion)) step(request.result, request.transaction);
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

/** Delete a database with everything in it. */
export function deleteDatabase(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

/** The answer of one request. */
export function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The end of a transaction: only then is it on the disk. */
export function done(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}
