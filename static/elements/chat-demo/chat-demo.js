// <chat-demo src="/demo/chat/lobby">: a member of a chat room. Open the page in
// a second window, and there are two.
//
// ?room=NAME in the page's address chooses another room. What you are typing is
// kept over a reload, and a message leaves the field only once it was sent. When
// the connection is lost the demo joins again by itself, asks for what follows
// the last entry that it saw, and says what happened meanwhile. Where something
// is missing stands how much (conversation.js).
//
// It dispatches duplex:state, duplex:wire and duplex:members {you, members}.

import { recall, remember } from "../../lib/store.js";
import { TappedSocket, announce, passOn, showState, stageOf } from "../../lib/tap.js";
import { closeWords, stateWords } from "../../lib/wire.js";
import { Conversation } from "./conversation.js";

/** Close code 1009, message too big (RFC 6455 §7.4.1). */
const TOO_BIG = 1009;
/** Lines of the conversation kept. */
const ROWS = 500;
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
    <div class="demo-row">
      <p class="demo-state"></p>
      <button class="btn" type="button" data-do="leave">Leave</button>
    </div>
  </div>`;

class ChatDemo extends HTMLElement {
  /** @type {TappedSocket|undefined} */ #socket;
  #talk = new Conversation();
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
    this.#field("text").addEventListener("input", () => this.#keep());
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

  #say() {
    const input = this.#field("text");
    const sent = this.#socket?.send(JSON.stringify({ type: "say", text: input.value }));
    if (!sent) return this.#wrong(`Not sent: ${this.#given ? "there is no connection" : "you have not joined yet"}. Your words are kept; send them once it is open.`);
    this.#wrong("");
    this.#sent = input.value;
    input.value = "";
    this.#keep();
  }

  /** The last words sent, given back if the server refuses them. */
  #sent = "";

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
    for (const line of this.#talk.take(said)) this.#show(line);
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
    const there = key && this.querySelector(`.talk > [data-key="${key}"]`);
    if (there) there.textContent = words;
    else this.#line(kind === "gap" ? "state gap" : "state", words).dataset.key = key ?? "";
  }

  /** @param {Extract<Said, {type: "refused"}>} said */
  #refused({ why, next }) {
    this.#giveBack();
    this.#wrong(`Refused: ${why} ${next}`);
  }

  /** Puts the last words back, so that they can be mended. */
  #giveBack() {
    const input = this.#field("text");
    if (input.value) return;
    input.value = this.#sent;
    this.#keep();
  }

  /** @param {CloseEvent} e */
  #closed({ code, reason, wasClean }) {
    if (this.#inside && code !== 1000) {
      const who = wasClean ? `The server ended the connection: ${closeWords(code, reason)}` : "The connection was lost";
      this.#note({ kind: "note", words: `${who}.` });
    }
    this.#inside = false;
    this.#showMembers();
    if (code !== TOO_BIG) return;
    this.#giveBack();
    this.#wrong("Refused: the message was too big for a frame of this server, so it ended the connection. Shorten it, join again and send it.");
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

/** @param {string} className @param {string} text */
function span(className, text) {
  const el = document.createElement("span");
  el.className = className;
  el.textContent = text;
  return el;
}

customElements.define("chat-demo", ChatDemo);
