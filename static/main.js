// The one script that every page loads. It defines nothing itself: it looks for
// custom elements that have no definition yet and fetches their modules.
//
// - The tag is the file: <quiz-card> is elements/quiz-card/quiz-card.js.
// - A module is fetched when its element comes near the window, so that a long
//   lesson costs what is read of it.
// - An element with when="used" is fetched on its first click; it has `open()`.

import "./lib/keys.js";
import "./lib/progress.js";

/** @type {Map<string, Promise<unknown>>} */
const loading = new Map();

/**
 * Fetches the module that defines a tag, once.
 * @param {string} tag
 */
function load(tag) {
  let module = loading.get(tag);
  if (!module) {
    module = import(`./elements/${tag}/${tag}.js`);
    module.catch((err) => console.error(`<${tag}> did not load:`, err));
    loading.set(tag, module);
  }
  return module;
}

/**
 * All elements in root, root included, that still wait for a definition.
 * @param {Element} root
 */
function undefinedIn(root) {
  const inside = [...root.querySelectorAll(":not(:defined):not([when=used])")];
  return root.matches(":not(:defined):not([when=used])") ? [root, ...inside] : inside;
}

const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    for (const el of undefinedIn(target)) load(el.localName);
  }
}, { rootMargin: "75% 0px" });

for (const el of undefinedIn(document.body)) near.observe(el);

document.addEventListener("click", async (event) => {
  if (!(event.target instanceof Element)) return;
  const el = event.target.closest("[when=used]:not(:defined)");
  if (!el) return;
  await load(el.localName);
  /** @type {HTMLElement & {open?: () => void}} */ (el).open?.();
});

// A page that was reloaded because its lesson was saved returns to its place.
if (sessionStorage.getItem("duplex:place")) {
  import("./lib/place.js").then(({ restorePlace }) => restorePlace());
}
