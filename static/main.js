// The one script that every page loads. It defines nothing itself: it looks for
// custom elements that have no definition yet and fetches their modules.
//
// - The tag is the file: <quiz-card> is elements/quiz-card/quiz-card.js. The one
//   exception is named below.
// - A module is fetched when its element is shown and comes near the window, so
//   that a long lesson costs what is read of it.
// - A module that can't be had is asked for again once the server is back.
// - An element with when="used" is fetched on its first click; it has `open()`.

import "./lib/keys.js";
import { live, load } from "./lib/live.js";
import "./lib/progress.js";

/** Elements that are defined in another one's module. @type {Record<string, string>} */
const ELSEWHERE = { "copy-button": "code-tabs" };

/** Those that could not be had, until the server is back. @type {Set<string>} */
const lost = new Set();

/**
 * Fetches the module that defines a tag, once.
 * @param {string} tag
 */
async function define(tag) {
  const name = ELSEWHERE[tag] ?? tag;
  try {
    await load(`elements/${name}/${name}.js`);
  } catch (err) {
    if (lost.has(name)) return;
    lost.add(name);
    console.error(`<${tag}> did not load:`, err);
    const off = live.on("progress", () => { // the first message of each connection
      off();
      lost.delete(name);
      define(tag);
    });
  }
}

const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    define(target.localName);
  }
}, { rootMargin: "25% 0px" });

for (const el of document.querySelectorAll(":not(:defined):not([when=used])")) near.observe(el);

document.addEventListener("click", async (event) => {
  if (!(event.target instanceof Element)) return;
  const el = event.target.closest("[when=used]:not(:defined)");
  if (!el) return;
  await define(el.localName);
  /** @type {HTMLElement & {open?: () => void}} */ (el).open?.();
});

// A page that was reloaded because its lesson was saved returns to its place.
if (sessionStorage.getItem("duplex:place")) {
  load("lib/place.js").then(({ restorePlace }) => restorePlace());
}
