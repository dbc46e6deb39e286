// <present-view>: a lesson as slides. The first is the title, each other is a
// section with its live demo. All slides are in the page; one is shown, the
// others are hidden and their demos stay as they are.
//
// The address names the slide (#the-loop), and the history keeps how far its list
// was opened, so a reload, or a save of the lesson, comes back to the same place.

import { onKey } from "../../lib/keys.js";

/** How much of a long slide stays in view when it is scrolled on. */
const OVERLAP = 0.85;

class PresentView extends HTMLElement {
  /** @type {HTMLElement[]} */ #slides = [];
  #at = 0;
  /** How many list items of the slide are open. */
  #step = 0;
  /** Whether a slide without a demo shows the last one before it. */
  #borrows = false;
  /** @type {(() => void)[]} */ #unbind = [];
  #overview = document.createElement("dialog");
  /** The slide's title, for who hears the slides change. */
  #said = Object.assign(document.createElement("p"), { className: "quiet", role: "status" });
  #pointer = Object.assign(document.createElement("div"), { className: "pointer", hidden: true });

  connectedCallback() {
    this.#slides = [.../** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll(":scope > .slide"))];
    for (const slide of this.#slides) for (const item of items(slide)) item.classList.add("step");
    this.append(this.#overview, this.#pointer, this.#said);
    this.#overview.className = "overview";
    this.#overview.ariaLabel = "Overview of the slides";
    this.#bind();
    addEventListener("hashchange", this.#fromAddress);
    document.addEventListener("pointermove", this.#point);
    document.addEventListener("click", this.#button);
    this.addEventListener("scroll", this.#cue, true);
    this.#fromAddress();
  }

  disconnectedCallback() {
    for (const off of this.#unbind) off();
    removeEventListener("hashchange", this.#fromAddress);
    document.removeEventListener("pointermove", this.#point);
    document.removeEventListener("click", this.#button);
    this.removeEventListener("scroll", this.#cue, true);
  }

  #bind() {
    /** @param {KeyboardEvent} event */
    const on = (event) => !acts(event) && this.#next();
    /** @param {KeyboardEvent} event */
    const back = (event) => !acts(event) && this.#back();
    this.#unbind = [
      onKey("ArrowRight, ,PageDown", "Next: a list item, the rest of the slide, or the next slide", on),
      onKey("ArrowLeft,PageUp", "Back", back),
      onKey("Home", "First slide", () => this.#go(0)),
      onKey("End", "Last slide", () => this.#go(this.#slides.length - 1)),
      onKey("d", "The demo that this slide speaks of, beside it", () => this.#borrow(!this.#borrows)),
      onKey("o", "Overview", () => this.#openOverview()),
      onKey("f", "Full screen", () => document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
      onKey("b,.", "Black screen; any key ends it", () => this.#black()),
      onKey("p", "Pointer", () => this.#togglePointer()),
    ];
  }

  /** Shows a slide. @param {number} at @param {number} [step] list items that are open; all unless said */
  #go(at, step = Infinity) {
    this.#at = Math.max(0, Math.min(at, this.#slides.length - 1));
    this.#borrow(this.#borrows);
    this.#setStep(step);
    this.#cue();
    const place = document.querySelector(".slide-foot .place");
    if (place) place.textContent = `${this.#at + 1} / ${this.#slides.length}`;
    this.#said.textContent = this.#slides[this.#at].dataset.title ?? "";
    this.style.setProperty("--done", String((this.#at + 1) / this.#slides.length));
    document.dispatchEvent(new CustomEvent("duplex:slide", { detail: { id: this.#id(this.#at), step: this.#step } }));
  }

  /**
   * Shows the nearest earlier demo beside a slide that has none. It is the very
   * same one, with its connection: its slide is shown too, without its words.
   * @param {boolean} yes
   */
  #borrow(yes) {
    const slide = this.#slides[this.#at];
    const own = slide.classList.contains("has-stage");
    const other = own ? undefined : this.#slides.slice(0, this.#at).findLast((s) => s.classList.contains("has-stage"));
    this.#borrows = yes;
    for (const s of this.#slides) {
      s.classList.toggle("lent", yes && s === other);
      s.classList.toggle("borrows", yes && s === slide && other !== undefined);
      s.hidden = s !== slide && !(yes && s === other);
    }
    const button = document.querySelector("[data-go=demo]");
    if (button instanceof HTMLElement) button.hidden = other === undefined;
    button?.setAttribute("aria-pressed", String(yes));
  }

  /** Whether the slide goes on below the window. */
  #cue = () => {
    const words = this.#slides[this.#at].querySelector(".words");
    const more = words !== null && words.scrollTop + words.clientHeight < words.scrollHeight - 4;
    const on = document.querySelector("[data-go=on]");
    if (!on || on.textContent === (more ? "↓" : "→")) return;
    on.textContent = more ? "↓" : "→";
    on.setAttribute("aria-label", more ? "Next: the rest of the slide" : "Next");
  };

  /** @param {number} step */
  #setStep(step) {
    const list = items(this.#slides[this.#at]);
    this.#step = Math.min(step, list.length);
    list.forEach((item, i) => item.classList.toggle("closed", i >= this.#step));
    history.replaceState({ step: this.#step }, "", `#${this.#id(this.#at)}`);
  }

  /** @param {number} i */
  #id(i) {
    return this.#slides[i].dataset.slide ?? "";
  }

  #fromAddress = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    // A link may lead to something within a slide.
    const inside = document.getElementById(id)?.closest(".slide");
    const at = this.#slides.findIndex((slide) => slide.dataset.slide === id || slide === inside);
    this.#go(Math.max(0, at), history.state?.step ?? (at > 0 ? Infinity : 0));
  };

  #next() {
    const slide = this.#slides[this.#at];
    const more = items(slide)[this.#step];
    if (more) {
      this.#setStep(this.#step + 1);
      return more.scrollIntoView({ block: "nearest" });
    }
    const words = slide.querySelector(".words");
    if (words && words.scrollTop + words.clientHeight < words.scrollHeight - 4) {
      words.scrollBy({ top: words.clientHeight * OVERLAP });
    } else if (this.#at < this.#slides.length - 1) {
      this.#go(this.#at + 1, 0);
      this.#slides[this.#at].querySelector(".words")?.scrollTo({ top: 0, behavior: "instant" });
    }
  }

  #back() {
    const words = this.#slides[this.#at].querySelector(".words");
    if (words && words.scrollTop > 4) return words.scrollBy({ top: -words.clientHeight * OVERLAP });
    if (this.#at > 0) this.#go(this.#at - 1);
  }

  #black() {
    const black = document.createElement("dialog");
    black.className = "black";
    black.ariaLabel = "The screen is black; press any key";
    const end = () => { black.close(); black.remove(); };
    black.addEventListener("keydown", (event) => { event.preventDefault(); end(); });
    black.addEventListener("click", end);
    this.append(black);
    black.showModal();
  }

  #openOverview() {
    const list = document.createElement("ol");
    this.#slides.forEach((slide, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.ariaCurrent = i === this.#at ? "true" : null;
      button.append(Object.assign(document.createElement("span"), { textContent: String(i + 1) }), slide.dataset.title ?? "");
      button.addEventListener("click", () => { this.#overview.close(); this.#go(i); });
      const li = document.createElement("li");
      li.append(button);
      list.append(li);
    });
    this.#overview.replaceChildren(list);
    this.#overview.onkeydown = (event) => {
      if (event.key === "o") this.#overview.close();
      const buttons = [...list.querySelectorAll("button")];
      const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
      const by = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 })[event.key];
      if (by) buttons[at + by]?.focus();
    };
    this.#overview.showModal();
    /** @type {HTMLElement|null} */ (list.querySelector("[aria-current=true]"))?.focus();
  }

  #togglePointer() {
    this.#pointer.hidden = !this.#pointer.hidden;
    document.documentElement.classList.toggle("pointing", !this.#pointer.hidden);
  }

  /** @param {PointerEvent} event */
  #point = ({ clientX, clientY }) => {
    this.#pointer.style.setProperty("--x", `${clientX}px`);
    this.#pointer.style.setProperty("--y", `${clientY}px`);
  };

  /** @param {MouseEvent} event */
  #button = (event) => {
    const go = event.target instanceof Element ? event.target.closest("[data-go]")?.getAttribute("data-go") : null;
    if (go === "on") this.#next();
    if (go === "back") this.#back();
    if (go === "demo") this.#borrow(!this.#borrows);
  };
}

/** The list items that open one by one: those of the text, not of a stage or a quiz. @param {Element} slide */
function items(slide) {
  return [...slide.querySelectorAll("li")].filter((li) => !li.closest("duplex-stage, quiz-card, figure, li li"));
}

/**
 * Whether the key does something to what has the focus: Space presses a button,
 * arrows choose among radio buttons.
 * @param {KeyboardEvent} event
 */
function acts({ key, target }) {
  if (!(target instanceof Element)) return false;
  return key === " " ? target.closest("button, a, summary, input") !== null : key.startsWith("Arrow") && target.matches("[type=radio]");
}

customElements.define("present-view", PresentView);
