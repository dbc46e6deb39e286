// All steps pass: one quiet mark of joy, and the way on.

import { tag } from "./parts.js";

/** @param {HTMLElement} exercise whose steps pass */
export function drawDone(exercise) {
  const done = tag("div", "", "ex-done");
  done.innerHTML = `<svg viewBox="0 0 40 20" aria-hidden="true"><circle cx="8" cy="10" r="5"/><rect x="27" y="5.5" width="9" height="9" rx="1.5"/></svg><p>All steps pass.</p>`;
  const [href, title] = wayOn(exercise) ?? [];
  if (href) done.append(Object.assign(document.createElement("a"), { className: "btn go", href, textContent: `Next: ${title}` }));
  return done;
}

/** The next exercise of the lesson, or the next lesson. @param {HTMLElement} exercise @returns {string[]|undefined} its address and its title */
function wayOn(exercise) {
  const all = [...document.querySelectorAll("exercise-check")];
  const section = all[all.indexOf(exercise) + 1]?.closest("[data-section]");
  if (section) return [`#${section.id}`, section.querySelector("h2")?.firstChild?.textContent?.trim() ?? "the next exercise"];
  const lesson = document.querySelector("a[rel=next]");
  if (lesson instanceof HTMLAnchorElement) return [lesson.href, lesson.querySelector(".to")?.textContent ?? "the next lesson"];
}
