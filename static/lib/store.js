// What a browser remembers between pages: the theme, the width of the text, the
// language of code. Not progress: that is kept by the server. localStorage may
// be full, switched off, or hold what an older page wrote, so nothing here
// throws; a value that can't be read is as good as none, and whoever must know whether
// one is kept is told.

const PREFIX = "duplex:";

/**
 * Returns what was remembered under key, or fallback.
 * @template T
 * @param {string} key
 * @param {T} fallback
 * @returns {T}
 */
export function recall(key, fallback) {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

/**
 * Remembers a value that JSON can hold.
 * @param {string} key
 * @param {unknown} value
 * @returns {boolean} whether it is: in private mode or a full store it lasts as long as the page
 */
export function remember(key, value) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** @param {string} key */
export function forget(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // As above.
  }
}
