// Fetches a module when it is needed.
//
//   const { Versions } = await load("elements/exercise-check/versions.js");   // below /static/
//
// It fails as import() does, and can be asked for again: browsers remember that an
// address failed, so the next attempt has another one. Whoever asks while it is on
// its way waits for the same one, and what has come stays: no module is there twice,
// with two states. So a module that is loaded is imported by none.

/**
 * @param {(address: string) => Promise<any>} fetch gets a module at an address
 * @returns {(path: string) => Promise<any>}
 */
export function loader(fetch) {
  /** @type {Map<string, Promise<any>>} */
  const modules = new Map();
  /** @type {Map<string, number>} */
  const failures = new Map();
  return (path) => {
    const known = modules.get(path);
    if (known) return known;
    const failed = failures.get(path) ?? 0;
    const module = fetch(failed ? `${path}?again=${failed}` : path);
    modules.set(path, module);
    module.catch(() => {
      failures.set(path, failed + 1);
      modules.delete(path);
    });
    return module;
  };
}

export const load = loader((address) => import(`../${address}`));
