// Why code can't be written or built here, and what can be done all the same.

import { ownWays } from "./places.js";
import { tag } from "./parts.js";

/** @param {string} href @param {string} textContent */
const link = (href, textContent) => Object.assign(document.createElement("a"), { href, textContent });

/** This page gets no workbench. @param {string} exercise @param {string} path of its main.go in the repository */
export function noBench(exercise, path) {
  const p = tag("p", "Code can be written and run in this page on the computer that Duplex runs on. Here, let your server be checked at its URL:");
  const { lesson } = document.body.dataset;
  if (document.querySelector("present-view") && lesson) { // what is projected holds no token
    p.textContent = "To write and run code, open this exercise ";
    p.append(link(`/lessons/${lesson}${location.hash}`, "on the lesson’s page"), ". Here a server is checked at its URL:");
  }
  return [p, ownWays(exercise, path)];
}

/** There is no Go on this computer. @param {{why?: string}} go */
export function noGo({ why = "There is no Go" }) {
  const p = tag("p");
  p.append(tag("b", "Your code can't be built on this computer."), ` ${why}${/[.!]$/.test(why) ? "" : "."} `,
    link("https://go.dev/doc/install", "Install Go"), " and load this page anew; or write a server in any language and have it checked at its URL; or do the ",
    link("/lessons/client", "exercises in JavaScript"), ", which run in the browser.");
  return p;
}
