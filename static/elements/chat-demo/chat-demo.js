// <chat-demo src="/demo/chat/lobby">: a member of a chat room. Open the page in
// a second window, and there are two.
//
// ?room=NAME in the page's address chooses another room. What you are typing is
// kept over a reload, and a message leaves the field only once it was sent. Words
// that were on their way when the connection ended are given back, until the room
// shows that they had arrived. When the connection is lost the demo joins again by itself, asks for what follows
// the last entry that it saw, and says what happened meanwhile. Where something
// is missing stands how much (conversation.js).
//
// It dispatches duplex:state, duplex:wire and duplex:members {you, members}.

import { recall, remember } from "../../lib/store.js";
import { TappedSocket, announce, passOn, showState, stageOf } from "../../lib/tap.js";
import { closeWords, stateWords } from "../../lib/wire.js";
import { Conversation, Outbox, ROWS } from "./conversation.js";

/** Close code 1009, message too big (RFC 6455 §7.4.1). */
const TOO_BIG = 1009;
/** Characters that are shown of words given back. */
const SHOWN = 120;
/** Remembered under these names: the name for all rooms, what is being typed for each. */
const NAME_KEY = "chat:name";
const DRAFT_KEY = "chat:draft:";

/** @typedef {import("./conversation.js").Said | {type: "refused", why: string, next: string}} Said */
/** @typedef {import("./conversation.js").Line} Line */

const markup = `
  <form class="demo-row chat-join">
    <label>Your name <input class="field" name="name" maxlength="32" autocomplete="nickname" placeholder="Guest"></label>
    <button class="btn go">Join</button>
  </form>
  <p class="chat-room"><span class="chat-who" role="group" aria-label="Who is here"></span> <a class="chat-second" target="_blank" rel="noopener">Open a second window</a></p>
  <div class="talk-view at-end" tabindex="0" role="log" aria-label="Conversation">
    <p class="talk-none">Nobody has said anything yet.</p>
    <ol class="talk"></ol>
  </div>
  <div class="demo-foot">
    <form class="demo-row chat-say">
      <input class="field" name="text" aria-label="Message" autocomplete="off" placeholder="Say something">
      <button class="btn go">Send</button>
    </form>
    <p class="demo-wrong" role="alert"></p>
    <div class="chat-back" role="status"></div>
    <div class="demo-row">
      <p class="demo-state"></p>
      <button class="btn" type="button" data-do="leave">Leave</button>
    </div>
  </div>`;

class ChatDemo extends HTMLElement {
  /** @type {TappedSocket|undefined} */ #socket;
  #talk = new Conversation();
  #outbox = new Outbox();
  /** The line of the last note with a key. @type {HTMLElement|undefined} */ #keyed;
  /** The name the server gave, to come back under. */ #given = "";
  /** The server has welcomed this connection. */ #inside = false;

  async connectedCallback() {
    if (!this.querySelector(".demo-foot")) this.#build();
    if (this.#socket) return;
    const query = () => {
      const { after } = this.#talk;
      return { name: this.#given || this.#field("name").value.trim(), ...(after && { after }) };
    };
    this.#socket = new TappedSocket(`/demo/chat/${encodeURIComponent(this.#room)}`, query, (events) => passOn(this, events));
    this.#socket.addEventListener("state", () => this.#showState());
    this.#socket.addEventListener("message", (e) => this.#received(/** @type {MessageEvent} */ (e).data));
    this.#socket.addEventListener("close", (e) => this.#closed(/** @type {CloseEvent} */ (e)));
    this.#showState();
    await stageOf(this);
    if (recall(NAME_KEY, "") !== "") this.#socket?.open();
  }

  async disconnectedCallback() {
    await null; // moved, it is back at once
    if (this.isConnected) return;
    this.#socket?.close();
    this.#socket = undefined;
  }

  get #room() {
    const here = this.getAttribute("src")?.split("/").pop() || "lobby";
    return new URLSearchParams(location.search).get("room") || here;
  }

  #build() {
    this.innerHTML = markup;
    this.#field("name").value = recall(NAME_KEY, "");
    this.#field("text").value = recall(DRAFT_KEY + this.#room, "");
    this.#field("text").addEventListener("input", () => this.#typed());
    const second = new URL(location.href);
    second.searchParams.set("room", this.#room);
    this.#get(".chat-second").setAttribute("href", second.href);
    this.#get("[data-do=leave]").addEventListener("click", () => this.#leave());
    this.addEventListener("submit", (e) => {
      e.preventDefault();
      if (e.target === this.#get(".chat-join")) this.#join();
      else this.#say();
    });
  }

  /** @param {string} selector @returns {HTMLElement} */
  #get(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }

  /** @param {string} name @returns {HTMLInputElement} */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.querySelector(`[name=${name}]`));
  }

  #join() {
    this.#given = "";
    remember(NAME_KEY, this.#field("name").value.trim());
    this.#socket?.open();
    this.#field("text").focus();
  }

  #leave() {
    this.#socket?.close(1000, "left");
    this.#wrong("");
    this.#field("name").focus();
  }

  #keep() {
    remember(DRAFT_KEY + this.#room, this.#field("text").value);
  }

  #typed() {
    this.#keep();
    if (this.#field("text").value) return;
    this.#outbox.settled(); // thrown away
    this.#showBack();
  }

  #say() {
    const input = this.#field("text");
    if (this.#inDoubt) return this.#wrong("Not sent yet: the room is about to show whether your last words had arrived. Send this in a moment.");
    const sent = this.#socket?.send(JSON.stringify({ type: "say", text: input.value }));
    if (!sent) return this.#wrong(`Not sent: ${this.#given ? "there is no connection" : "you have not joined yet"}. Your words are kept; send them once it is open.`);
    this.#wrong("");
    this.#outbox.settled();
    this.#outbox.sent(input.value);
    this.#write("");
    this.#showBack();
  }

  /** Connected again, with words of which what is still to come may say that they had arrived. */
  get #inDoubt() {
    return this.#outbox.unsure && this.#socket?.status.state === "open" && !(this.#inside && this.#talk.upToDate);
  }

  /** @param {string} text */
  #write(text) {
    this.#field("text").value = text;
    this.#keep();
  }

  /** @param {unknown} data */
  #received(data) {
    /** @type {Said} */
    let said;
    try {
      said = JSON.parse(String(data));
    } catch {
      return this.#line("state", "The server sent something that is not JSON. See the Wire tab.");
    }
    if (said.type === "refused") return this.#refused(said);
    if (said.type === "welcome") this.#welcome(said);
    for (const line of this.#talk.take(said)) {
      this.#show(line);
      if (line.kind === "message" && line.mine) this.#came(line.text);
    }
    this.#showMembers();
  }

  /** @param {Extract<Said, {type: "welcome"}>} said */
  #welcome({ you, limits }) {
    this.#inside = true;
    this.#given = you;
    this.#field("text").maxLength = 10 * limits.text; // the server is to refuse what is too long, and say why
  }

  /** @param {Line} line */
  #show(line) {
    if (line.kind !== "message") return this.#note(line);
    const from = document.createElement("b");
    from.textContent = line.mine ? `${line.from} (you)` : line.from;
    const time = new Date(line.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    this.#line(line.mine ? "message mine" : "message", from, span("what", line.text), span("meta", time));
  }

  /** @param {Exclude<Line, {kind: "message"}>} line */
  #note({ kind, words, key }) {
    if (key && this.#keyed?.dataset.key === key) {
      this.#keyed.textContent = words;
      if (!this.#keyed.isConnected) this.#get(".talk").prepend(this.#keyed); // before all that it announces
      return;
    }
    const line = this.#line(kind === "gap" ? "state gap" : "state", words);
    if (!key) return;
    line.dataset.key = key;
    this.#keyed = line;
  }

  /** @param {Extract<Said, {type: "refused"}>} said */
  #refused({ why, next }) {
    this.#outbox.refused();
    this.#giveBack();
    this.#wrong(`Refused: ${why} ${next}`);
  }

  /** One's own words stand in the room. @param {string} text */
  #came(text) {
    const back = this.#outbox.came(text);
    if (back?.inField && this.#field("text").value === text) {
      this.#write("");
      this.#wrong("");
    } else if (back?.inField) this.#wrong(`${quote(text)} had arrived after all. What now stands in the field was not sent.`);
    this.#showBack();
  }

  /** Puts words that came back into the field, if it is free, and offers the others. */
  #giveBack() {
    const first = this.#outbox.back.find((back) => !back.inField);
    if (first && !this.#field("text").value) this.#putBack(first);
    else this.#showBack();
  }

  /** @param {import("./conversation.js").Back} back */
  #putBack(back) {
    const there = this.#field("text").value;
    this.#write(there ? `${there} ${back.text}` : back.text);
    this.#outbox.put(back);
    this.#showBack();
  }

  /** Shows them once, since what is shown is read aloud. */
  #showBack() {
    const lines = this.#outbox.back.filter((back) => !back.refused || !back.inField);
    const shown = JSON.stringify(lines);
    if (this.#backShown !== shown) this.#get(".chat-back").replaceChildren(...lines.map((back) => this.#backLine(back)));
    this.#backShown = shown;
  }

  #backShown = "[]";

  /** @param {import("./conversation.js").Back} back */
  #backLine(back) {
    const line = document.createElement("p");
    line.append(`${back.refused ? "Not passed on" : "Not sure that this was passed on"}: ${quote(back.text)}`);
    if (back.inField) line.append(". It stands in the field again.");
    else line.append(" ", this.#button("Put back", () => this.#putBack(back)));
    return line;
  }

  /** @param {string} words @param {() => void} does */
  #button(words, does) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = words;
    button.addEventListener("click", () => {
      does();
      this.#field("text").focus(); // the button has gone
    });
    return button;
  }

  /** @param {CloseEvent} e */
  #closed({ code, reason, wasClean }) {
    if (this.#inside && code !== 1000) {
      const who = wasClean ? `The server ended the connection: ${closeWords(code, reason)}` : "The connection was lost";
      this.#note({ kind: "note", words: `${who}.` });
    }
    this.#inside = false;
    this.#showMembers();
    this.#outbox.lost(code === TOO_BIG);
    this.#giveBack();
    if (code === TOO_BIG) this.#wrong("Refused: the message was too big for a frame of this server, so it ended the connection. Shorten it, join again and send it.");
  }

  /** Who is here, while this page knows it. */
  #showMembers() {
    const you = this.#inside ? this.#talk.you : "";
    const members = this.#inside ? this.#talk.members : [];
    const others = members.filter((name) => name !== you);
    const all = members.length > 2 ? `${members.length} in` : "In"; // two names need no number
    const who = you ? `${all} ${this.#room}: you (${you})${others.length ? `, ${others.join(", ")}` : ", nobody else"}` : `Room ${this.#room}`;
    const list = this.#get(".chat-who");
    if (list.textContent === who) return;
    list.textContent = who;
    list.tabIndex = list.scrollHeight > list.clientHeight ? 0 : -1; // what scrolls can be reached by key
    this.dispatchEvent(new CustomEvent("duplex:members", { bubbles: true, detail: { you, members } }));
  }

  #showState() {
    if (!this.#socket) return;
    const { status } = this.#socket;
    announce(this, status);
    const away = ["idle", "closed"].includes(status.state);
    const lost = status.state === "retrying" || status.state === "offline";
    const words = stateWords(status) + (lost ? ". What you type is kept." : "");
    showState(this.#get(".demo-state"), status.state, status.state === "idle" ? "Join to begin" : words);
    this.#get(".chat-join").hidden = !away;
    this.#get("[data-do=leave]").hidden = away;
    this.#get(".chat-say .btn").ariaDisabled = String(status.state !== "open");
    this.#showMembers();
  }

  /** @param {string} className @param {(Node|string)[]} children */
  #line(className, ...children) {
    const list = this.#get(".talk");
    const li = document.createElement("li");
    li.className = className;
    li.append(...children);
    list.append(li);
    this.#get(".talk-none").hidden = true;
    if (list.childElementCount > ROWS) list.firstElementChild?.remove();
    return li;
  }

  /** @param {string} words */
  #wrong(words) {
    this.#get(".demo-wrong").textContent = words;
  }
}

/** @param {string} text */
function quote(text) {
  return `“${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}”`;
}

/** @param {string} className @param {string} text */
function span(className, text) {
  const el = document.createElement("span");
  el.className = className;
  el.textContent = text;
  return el;
}

customElements.define("chat-demo", ChatDemo);
