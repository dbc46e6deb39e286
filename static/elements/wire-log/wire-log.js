// <wire-log>: what passed on a connection, newest last. Each row opens to its
// content as text, as hexadecimal, and as the bits of its frame.
//
//   log.add(events);   // WireEvent[] of server/wire; any number, at any rate
//   log.clear();
//
// The attribute `client` names the end that the arrows are drawn from; it is
// "this page" unless, say, a checker made the connection.
//
// The log stays while it is hidden; what comes meanwhile is drawn when it is
// shown. It holds the newest ROWS rows and says how many older ones it let go.
// It follows the newest row until the reader scrolls up, and again once the
// reader is back at the end.
//
// Rows are real elements, so that they can be found, selected and read aloud;
// `content-visibility` spares the browser the work for those out of sight. The
// list is one stop for the Tab key: arrows, Home, End and Page keys move inside.

import { count, formatSize, formatTime, grouped } from "../../lib/bytes.js";
import { load } from "../../lib/live.js";
import { direction, groupOf, lineOf, nameOf, summaryOf } from "../../lib/wire.js";

/** @typedef {import("../../lib/wire.js").WireEvent} WireEvent */

/** Rows kept. */
const ROWS = 5_000;
/** Let go of this many at a time: removing one by one would cost as much as adding. */
const SLICE = 500;
/** Draw no more in one frame, so that a full log opens without holding the page. */
const DRAWN = 500;
/** How near to the end still counts as "at the end", in pixels. */
const NEAR = 24;
/** How far Page Up and Page Down go. */
const PAGE = 10;

const GROUPS = { messages: "Messages", control: "Control", http: "HTTP", lines: "Lines", notes: "Other" };

const markup = `
  <div class="wl-tools" role="toolbar" aria-label="Wire log">
    <input class="wl-find" type="search" placeholder="Filter" aria-label="Show rows that contain" spellcheck="false">
    <div class="wl-kinds" role="group" aria-label="Kinds of rows">${Object.entries(GROUPS).map(([group, label]) =>
      `<button type="button" aria-pressed="true" data-group="${group}" hidden>${label}</button>`).join("")}</div>
    <span class="wl-push"></span>
    <button type="button" data-do="pause" aria-pressed="false">Pause</button>
    <button type="button" data-do="copy">Copy</button>
    <button type="button" data-do="clear">Clear</button>
  </div>
  <div class="wl-view">
    <p class="wl-left" hidden></p>
    <ol class="wl-rows"></ol>
    <p class="wl-empty">Nothing has passed yet.</p>
  </div>
  <button type="button" class="wl-newest" data-do="newest" hidden>Jump to newest ↓</button>
  <p class="wl-said" role="status"></p>`;

class WireLog extends HTMLElement {
  /** Rows not drawn yet. @type {WireEvent[]} */ #pending = [];
  /** @type {WeakMap<Element, WireEvent>} */ #events = new WeakMap();
  #frame = 0;
  #settling = 0; // the frame that looks whether the end is still the end
  #seen = false; // it has a size: it is not hidden
  #left = 0; // rows let go
  #following = true;
  #top = 0; // where the reader was last
  #paused = false;
  #find = "";
  /** @type {Set<string>} */ #hiddenGroups = new Set();

  connectedCallback() {
    if (!this.querySelector(".wl-rows")) this.#build();
    if (this.#pending.length) this.#schedule();
  }

  disconnectedCallback() {
    cancelAnimationFrame(this.#frame);
    cancelAnimationFrame(this.#settling);
    this.#frame = 0;
  }

  #build() {
    this.innerHTML = markup;
    this.#rows.setAttribute("aria-label", `What passed, newest last, as ${this.#client} saw it`);
    this.addEventListener("click", (e) => this.#click(e));
    this.addEventListener("keydown", (e) => this.#key(e));
    this.#get(".wl-find").addEventListener("input", (e) => {
      this.#find = /** @type {HTMLInputElement} */ (e.target).value.toLowerCase();
      this.#filter();
    });
    const view = this.#get(".wl-view");
    view.addEventListener("scroll", () => { if (view.clientHeight) this.#scrolled(); }, { passive: true });
    new ResizeObserver(() => this.#resized()).observe(view);
  }

  /** @param {string} selector @returns {HTMLElement} */
  #get(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }

  get #client() {
    const checked = this.closest("duplex-stage")?.getAttribute("kind") === "exercise";
    const own = this.closest("duplex-stage")?.querySelector("exercise-check[language=js]");
    return this.getAttribute("client") ?? (own ? "your client" : checked ? "the checker" : "this page");
  }

  get #rows() { return this.#get(".wl-rows"); }
  get #shownRows() { return [...this.#rows.querySelectorAll(":scope > li:not([hidden])")]; }

  /** Adds rows, drawn together with the next frame. @param {WireEvent[]} events */
  add(events) {
    this.#pending.push(...events);
    const over = this.#pending.length - ROWS;
    if (over > SLICE) {
      this.#pending.splice(0, over);
      this.#left += over;
    }
    if (this.#paused) return this.#showPaused();
    this.#schedule();
  }

  clear() {
    this.#pending = [];
    this.#left = 0;
    if (!this.isConnected) return;
    this.#rows.replaceChildren();
    this.#following = true;
    this.#get(".wl-said").textContent = "";
    if (this.#paused) this.#showPaused();
    this.#refresh();
  }

  #schedule() {
    // A page in the background gets no frames: what waits is drawn when it is seen again.
    if (this.isConnected && this.#seen) this.#frame ||= requestAnimationFrame(() => this.#flush());
  }

  #flush() {
    this.#frame = 0;
    const client = this.#client;
    this.#rows.append(...this.#pending.splice(0, DRAWN).map((e) => this.#row(e, client)));
    const over = this.#rows.childElementCount - ROWS;
    if (over > 0) this.#letGo(over + SLICE);
    this.#refresh();
    if (this.#following) this.#toEnd();
    if (this.#pending.length) this.#schedule();
  }

  /** @param {number} n of the oldest rows */
  #letGo(n) {
    const range = document.createRange();
    range.setStartBefore(/** @type {Element} */ (this.#rows.firstElementChild));
    range.setEndAfter(this.#rows.children[n - 1]);
    range.deleteContents();
    this.#left += n;
  }

  /** @param {WireEvent} e @param {string} client */
  #row(e, client) {
    const li = document.createElement("li");
    const dir = direction(e);
    const group = groupOf(e);
    li.className = `${dir || "none"} ${group}`;
    this.#get(`[data-group=${group}]`).hidden = false; // a kind is offered once it has been seen
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.setAttribute("aria-expanded", "false");
    const said = { sent: "sent", received: "received", "": "" }[dir];
    button.append(
      span("t", formatTime(e.at)),
      mark(dir, said),
      span("o", nameOf(e)),
      span("n", dir ? formatSize(e.size) : ""),
      span("p", summaryOf(e, client)),
    );
    li.append(button);
    li.hidden = !this.#matches(e, li);
    this.#events.set(li, e);
    return li;
  }

  /** @param {WireEvent} e @param {HTMLElement} li */
  #matches(e, li) {
    if (this.#hiddenGroups.has(groupOf(e))) return false;
    return !this.#find || (li.firstElementChild?.textContent ?? "").toLowerCase().includes(this.#find);
  }

  #filter() {
    for (const li of this.#rows.children) {
      const e = this.#events.get(li);
      if (e) /** @type {HTMLElement} */ (li).hidden = !this.#matches(e, /** @type {HTMLElement} */ (li));
    }
    this.#refresh();
    if (this.#following) this.#toEnd();
  }

  /** Brings the words around the rows up to date. */
  #refresh() {
    const rows = this.#rows;
    const shown = rows.querySelector(":scope > li:not([hidden])");
    const empty = this.#get(".wl-empty");
    empty.hidden = Boolean(shown);
    empty.textContent = rows.childElementCount ? "No row matches the filter." : "Nothing has passed yet.";
    const left = this.#get(".wl-left");
    left.hidden = !this.#left;
    left.textContent = `${count(this.#left, "older row")} ${this.#left === 1 ? "was" : "were"} left out: the log keeps the newest ${grouped(ROWS)}.`;
    if (shown && !rows.querySelector("[tabindex='0']")) {
      /** @type {HTMLElement} */ (shown.firstElementChild).tabIndex = 0;
    }
    this.#get(".wl-newest").hidden = this.#following;
  }

  #toEnd() {
    const view = this.#get(".wl-view");
    view.scrollTop = view.scrollHeight;
    this.#top = view.scrollTop;
    // A row takes its true height when it comes into view, which moves the end.
    cancelAnimationFrame(this.#settling);
    this.#settling = requestAnimationFrame(() => {
      if (this.#following && view.scrollHeight - view.scrollTop - view.clientHeight > 1) this.#toEnd();
    });
  }

  #scrolled() {
    const view = this.#get(".wl-view");
    const up = view.scrollTop < this.#top;
    this.#top = view.scrollTop;
    if (view.scrollHeight - view.scrollTop - view.clientHeight < NEAR) this.#following = true;
    else if (up) this.#following = false; // rows that grow move the end, not the reader
    this.#get(".wl-newest").hidden = this.#following;
  }

  /** Hidden, a view forgets its place; shown again, it is where it was, and has what came meanwhile. */
  #resized() {
    const view = this.#get(".wl-view");
    this.#seen = view.clientWidth > 0;
    if (!this.#seen) return;
    if (this.#pending.length && !this.#paused) {
      this.#get(".wl-empty").hidden = true;
      this.#schedule();
    }
    if (this.#following) this.#toEnd();
    else view.scrollTop = this.#top;
  }

  #showPaused() {
    const waiting = this.#pending.length;
    this.#do("pause").textContent = waiting ? `Resume (${grouped(waiting)})` : "Resume";
  }

  /** @param {string} what */
  #do(what) { return this.#get(`[data-do=${what}]`); }

  /** @param {MouseEvent} e */
  #click(e) {
    const button = /** @type {HTMLElement} */ (e.target).closest("button");
    if (!button) return;
    if (button.dataset.group) return this.#toggleGroup(button, button.dataset.group);
    const row = button.parentElement;
    if (row && this.#events.has(row)) return this.#toggle(row);
    switch (button.dataset.do) {
      case "pause": return this.#pause();
      case "copy": return void this.#copy();
      case "newest": this.#following = true; this.#toEnd(); return this.#refresh();
      case "clear":
        this.clear();
        this.dispatchEvent(new CustomEvent("duplex:wire-clear", { bubbles: true }));
    }
  }

  /** @param {HTMLElement} button @param {string} group */
  #toggleGroup(button, group) {
    const show = this.#hiddenGroups.has(group);
    if (show) this.#hiddenGroups.delete(group);
    else this.#hiddenGroups.add(group);
    button.setAttribute("aria-pressed", String(show));
    this.#filter();
  }

  #pause() {
    this.#paused = !this.#paused;
    this.#do("pause").setAttribute("aria-pressed", String(this.#paused));
    if (this.#paused) {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      return this.#showPaused();
    }
    this.#do("pause").textContent = "Pause";
    this.#schedule();
  }

  /** Copies the rows that the filter shows. */
  async #copy() {
    const lines = this.#shownRows.flatMap((li) => this.#events.get(li) ?? []).map(lineOf);
    const said = await navigator.clipboard?.writeText(lines.join("\n")).then(() => `Copied ${count(lines.length, "row")}.`, () => "");
    this.#get(".wl-said").textContent = said || "The browser did not let this page copy. Select the rows and copy them by hand.";
  }

  /** Opens a row, or closes it. @param {HTMLElement} li */
  async #toggle(li) {
    const button = this.#focusable(li);
    const unfold = (/** @type {boolean} */ open) => button.setAttribute("aria-expanded", String(li.classList.toggle("open", open)));
    const open = !li.matches(".open");
    unfold(open);
    if (!open) return li.querySelector(".wl-detail")?.remove();
    /** @type {typeof import("./detail.js")|undefined} */
    const module = await load("elements/wire-log/detail.js").catch(() => undefined);
    if (!module) unfold(false);
    this.#get(".wl-said").textContent = module ? "" : "What a row holds could not be fetched: the Duplex server does not answer.";
    const e = this.#events.get(li);
    if (module && e && li.matches(".open") && !li.querySelector(".wl-detail")) li.append(module.detail(e));
    if (this.#following) this.#toEnd();
  }

  /** Makes a row the one that Tab stops at. @param {Element} li */
  #focusable(li) {
    for (const b of this.#rows.querySelectorAll(":scope > li > [tabindex='0']")) /** @type {HTMLElement} */ (b).tabIndex = -1;
    const button = /** @type {HTMLElement} */ (li.firstElementChild);
    button.tabIndex = 0;
    return button;
  }

  /** @param {KeyboardEvent} e */
  #key(e) {
    const li = /** @type {HTMLElement} */ (e.target).closest(".wl-rows > li");
    if (!li || e.target !== li.firstElementChild || e.altKey || e.ctrlKey || e.metaKey) return;
    const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -PAGE, PageDown: PAGE, Home: -Infinity, End: Infinity }[e.key];
    if (steps === undefined) return;
    e.preventDefault();
    const shown = this.#shownRows;
    const to = Math.min(shown.length - 1, Math.max(0, shown.indexOf(li) + steps));
    this.#focusable(shown[to]).focus();
  }
}

/** @param {string} name @param {string} text */
function span(name, text) {
  const el = document.createElement("span");
  el.className = name;
  el.textContent = text;
  return el;
}

/** A direction has a colour and a shape, and a word for those who see neither. @param {string} dir @param {string} said */
function mark(dir, said) {
  const el = span("d", "");
  if (dir) el.append(span("quiet", said), Object.assign(span("", dir === "sent" ? "→" : "←"), { ariaHidden: "true" }));
  return el;
}

customElements.define("wire-log", WireLog);
