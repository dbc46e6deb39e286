// Two members of the learner's chat room, beside each other: what one says, both
// should hear. Plain text, as the exercise has it: no names, no history.

import { count } from "../../lib/bytes.js";
import { TappedSocket, announce, passOn } from "../../lib/tap.js";
import { stateWords } from "../../lib/wire.js";
import { button, tag } from "./parts.js";

/** Rows kept of each. */
const ROWS = 200;
const NAMES = ["Ada", "Bo"];

export class Members {
  root = tag("div", "", "mb");

  /** @param {string} src */
  constructor(src) {
    const members = NAMES.map((name) => new Member(this.root, name, src));
    this.root.append(...members.map((m) => m.root));
    this.root.addEventListener("duplex:leave", () => { for (const m of members) m.leave(); });
  }
}

class Member {
  root = tag("section", "", "mb-one");
  #list = tag("ol", "", "talk");
  #state = tag("p", "", "mb-state");
  #socket;

  /** @param {HTMLElement} owner @param {string} name @param {string} src */
  constructor(owner, name, src) {
    this.name = name;
    const view = tag("div", "", "talk-view at-end");
    view.tabIndex = 0;
    view.role = "group";
    view.ariaLabel = `What ${name} hears`;
    view.append(tag("p", `What anybody says, ${name} hears here.`, "talk-none"), this.#list);
    const form = tag("form", "", "demo-row");
    this.field = Object.assign(document.createElement("input"), { className: "field code", name: `say-${name}`, ariaLabel: `Say as ${name}`, autocomplete: "off", value: `hello from ${name}` });
    this.toggle = button("Leave", () => this.#toggle());
    form.append(this.field, Object.assign(tag("button", "Send", "btn go"), { type: "submit" }), this.toggle);
    form.addEventListener("submit", (e) => { e.preventDefault(); this.#send(); });
    const head = tag("div", "", "mb-head");
    head.append(tag("h3", name), this.#state);
    this.root.append(head, view, form);
    this.#socket = new TappedSocket(src, () => ({}), (events) => passOn(owner, events.map((e) => ({ ...e, conn: name }))));
    this.#socket.addEventListener("state", () => this.#show(owner));
    this.#socket.addEventListener("message", (e) => this.#row("received", /** @type {MessageEvent} */ (e).data));
    this.#socket.open();
  }

  leave() { this.#socket.close(); }

  #toggle() {
    if (this.#socket.status.state === "open") this.#socket.close(1000);
    else this.#socket.open();
  }

  #send() {
    if (!this.#socket.send(this.field.value)) return void (this.#state.textContent = "Not sent: not in the room");
    this.#row("sent", this.field.value);
    this.field.select();
  }

  /** @param {HTMLElement} owner */
  #show(owner) {
    const { status } = this.#socket;
    if (owner.isConnected) announce(owner, status);
    this.#state.textContent = status.state === "open" ? "● In the room" : stateWords(status);
    this.#state.dataset.state = status.state;
    this.toggle.textContent = status.state === "open" ? "Leave" : "Join";
  }

  /** @param {"sent"|"received"} dir @param {string|ArrayBuffer} data */
  #row(dir, data) {
    const li = tag("li", "", dir);
    const way = tag("span", dir === "sent" ? "→" : "←", `way ${dir}`);
    way.role = "img";
    way.ariaLabel = dir === "sent" ? "said" : "heard";
    li.append(way, tag("span", typeof data === "string" ? data : `binary, ${count(data.byteLength, "byte")}`, "what"));
    this.#list.append(li);
    this.root.querySelector(".talk-none")?.remove();
    if (this.#list.childElementCount > ROWS) this.#list.firstElementChild?.remove();
  }
}
