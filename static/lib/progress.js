// What the learner has done, as the server keeps it: shown in the menu and the
// lists of every open page within a moment, wherever it happened (here, in
// another browser, `duplex check`, `go test`).
//
//   const off = progress.on((now) => show(now.exercises.echo));
//
// This module also notices which sections of a lesson are read and says so.

import { live } from "./live.js";

/**
 * @typedef {object} Progress
 * @property {Record<string, {sections?: Record<string, string>, quizzes?: Record<string, {right: boolean, answer: string[]}>}>} lessons
 * @property {Record<string, {steps?: Record<string, string>, verdict?: string}>} exercises
 */

/** A section counts as read once it was in view this long and its end was seen. */
const READING_MS = 2_000;
const TICK_MS = 500;

/** @type {Progress|undefined} */
let value;
/** @type {Set<(now: Progress) => void>} */
const listeners = new Set();

export const progress = {
  get value() {
    return value;
  },
  /**
   * Calls fn with the progress, at once if it is known, and whenever it changes.
   * @param {(now: Progress) => void} fn
   * @returns {() => void} stops
   */
  on(fn) {
    listeners.add(fn);
    if (value) fn(value);
    return () => listeners.delete(fn);
  },
};

/** @param {string} path @param {object} body */
export function post(path, body) {
  return fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

live.on("progress", (message) => {
  value = /** @type {Progress} */ (message.progress);
  for (const fn of listeners) fn(value);
  sendUnsent();
});

/**
 * The parts that are done, by the names that data-parts uses (server/pages.go
 * counts in the same way): s/LESSON/SECTION read, q/LESSON/QUIZ answered
 * rightly, x/EXERCISE/STEP passed.
 * @param {Progress} now
 */
export function doneParts(now) {
  const done = new Set();
  for (const [slug, lesson] of Object.entries(now.lessons ?? {})) {
    for (const id of Object.keys(lesson.sections ?? {})) done.add(`s/${slug}/${id}`);
    for (const [id, quiz] of Object.entries(lesson.quizzes ?? {})) if (quiz.right) done.add(`q/${slug}/${id}`);
  }
  for (const [name, exercise] of Object.entries(now.exercises ?? {})) {
    for (const [step, verdict] of Object.entries(exercise.steps ?? {})) if (verdict === "pass") done.add(`x/${name}/${step}`);
  }
  return done;
}

/** "Not started", "4 of 9 done", "Done". @param {number} done @param {number} total */
export function far(done, total) {
  if (total > 0 && done >= total) return "✓ Done";
  return done === 0 ? "Not started" : `${done} of ${total} done`;
}

// Draw it wherever the page shows it.
progress.on((now) => {
  const done = doneParts(now);
  for (const el of /** @type {NodeListOf<SVGElement>} */ (document.querySelectorAll("[data-tally]"))) {
    const parts = (el.dataset.parts ?? "").split(" ").filter(Boolean);
    const count = parts.filter((part) => done.has(part)).length;
    el.querySelector(".part")?.setAttribute("width", `${parts.length ? (100 * count) / parts.length : 0}%`);
    for (const text of document.querySelectorAll(`[data-far="${el.dataset.tally}"]`)) text.textContent = far(count, parts.length);
  }
  for (const section of sections()) {
    section.classList.toggle("read", done.has(`s/${lesson}/${section.id}`));
    section.classList.toggle("todo", asks(section, now));
  }
});

/** Whether the section has an exercise that is not done. @param {HTMLElement} section @param {Progress} now */
function asks(section, now) {
  const name = section.querySelector("duplex-stage[kind=exercise]")?.getAttribute("name");
  return name != null && now.exercises?.[name]?.verdict !== "pass";
}

// Notice what is read.

const lesson = document.body.dataset.lesson ?? "";
const sections = () => /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-section]"));

/** Sections that were read while there was no server to tell. @type {Set<string>} */
const unsent = new Set();
/** For each section in view: how long, and whether its end was. @type {Map<Element, {ms: number, end: boolean}>} */
const inView = new Map();
/** @type {ReturnType<typeof setInterval>|undefined} */
let ticking;

const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) inView.set(target, inView.get(target) ?? { ms: 0, end: false });
    else inView.delete(target);
  }
  clearInterval(ticking);
  ticking = inView.size > 0 ? setInterval(tick, TICK_MS) : undefined;
});

function tick() {
  if (document.hidden) return;
  for (const [section, seen] of inView) {
    seen.ms += TICK_MS;
    seen.end ||= section.getBoundingClientRect().bottom <= innerHeight + 8;
    if (seen.ms < READING_MS || !seen.end) continue;
    watcher.unobserve(section);
    inView.delete(section);
    if (!section.classList.contains("read")) unsent.add(section.id);
  }
  sendUnsent();
}

async function sendUnsent() {
  for (const section of [...unsent]) {
    unsent.delete(section);
    try {
      const answer = await post("/progress/section", { lesson, section });
      if (!answer.ok) console.warn(`section ${section} was not kept: ${answer.status}`);
    } catch {
      unsent.add(section); // the server is away: again when it is back
      return;
    }
  }
}

// Slides are shown to others: that they were seen says nothing about a learner.
const reading = lesson !== "" && !document.querySelector("present-view");
if (reading) for (const section of sections()) watcher.observe(section);
