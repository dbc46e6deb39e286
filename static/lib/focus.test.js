import assert from "node:assert/strict";
import { test } from "node:test";

/** @type {any} */
const browser = globalThis;

class El extends EventTarget {
  /** @type {Record<string, string>} */ dataset = {};
  isContentEditable = false;
  isConnected = true;
  /** @param {boolean} [field] */
  constructor(field = false) {
    super();
    this.field = field;
  }
  closest() { return this.field || this.dataset.keys === "off" ? this : null; }
  checkVisibility() { return this.isConnected; }
  contains(/** @type {El} */ el) { return el === this; }
  focus() {
    browser.document.activeElement?.dispatchEvent(new Event("blur"));
    browser.document.activeElement = this;
  }
}
Object.assign(browser, { HTMLElement: El, document: { activeElement: null, addEventListener() {} } });
const { giveFocus, keepFocus } = await import("./focus.js");
const make = (field = false) => /** @type {any} */ (new El(field));

test("who typed letters types no keys after the focus has moved", () => {
  const field = make(true), button = make(), other = make();
  field.focus();
  giveFocus(button);
  assert.equal(button.dataset.keys, "off");
  giveFocus(other);
  assert.equal(other.dataset.keys, "off", "handed on");
  assert.equal(button.dataset.keys, undefined, "until it is left");
  make().focus();
  giveFocus(button);
  assert.equal(button.dataset.keys, undefined);
});

test("what goes away hands the focus on", () => {
  const field = make(true), button = make();
  field.focus();
  keepFocus(field, () => { field.isConnected = false; }, () => button);
  assert.equal(browser.document.activeElement, button);
  assert.equal(button.dataset.keys, "off");
});
