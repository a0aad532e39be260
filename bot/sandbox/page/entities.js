/* Text with Telegram entities (offsets in UTF-16 units, as in JavaScript strings) as DOM nodes. */

import { el } from "./dom.js";
import { t } from "./strings.js";

const BLOCKS = new Set(["PRE", "BLOCKQUOTE"]);
const SAFE_SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);

/* East Asian wide letters, and pictures that are drawn in colour: both take two columns of a monospaced table. */
const HAN_AND_FULLWIDTH =
  "[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\u33ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua000-\\ua4cf\\uac00-\\ud7a3" +
  "\\uf900-\\ufaff\\ufe30-\\ufe4f\\uff01-\\uff60\\uffe0-\\uffe6]+";
const WIDE = new RegExp(`(${HAN_AND_FULLWIDTH})|\\p{Emoji_Presentation}\\ufe0f?`, "gu");

/* An address that may be followed from a message, or null. */
export function safeUrl(address) {
  const withScheme = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`;
  try {
    const url = new URL(withScheme);
    return SAFE_SCHEMES.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

export function outwardLink(url, attributes, ...children) {
  return el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", ...attributes }, ...children);
}

function link(address, text) {
  const url = safeUrl(address);
  if (!url) return el("span", {});
  const node = outwardLink(url, { title: url.href });
  // a link whose words hide where it leads is the oldest trick of phishing: the host stands beside it
  if (url.host && !text.includes(url.host)) node.dataset.host = url.host;
  return node;
}

function toggle(node, flip, label) {
  const act = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    flip();
  };
  node.setAttribute("role", "button");
  node.setAttribute("tabindex", "0");
  node.setAttribute("aria-label", label);
  node.addEventListener("click", act);
  node.addEventListener("keydown", act);
}

function spoiler() {
  const node = el("span", { class: "spoiler" });
  toggle(node, () => {
    node.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  }, t("spoiler"));
  return node;
}

function expandable() {
  const node = el("blockquote", { class: "folded" });
  const button = el("button", { type: "button", class: "unfold" }, t("expand"));
  button.addEventListener("click", () => {
    const folded = node.classList.toggle("folded");
    button.textContent = t(folded ? "expand" : "collapse");
  });
  return { node, tail: button };
}

function command(text, on) {
  return el("button", { type: "button", class: "inline-link", on: { click: () => on.command(text) } });
}

const WRAPPERS = {
  bold: () => el("strong"),
  italic: () => el("em"),
  underline: () => el("u"),
  strikethrough: () => el("s"),
  code: () => el("code"),
  pre: () => el("pre", { tabindex: "0" }), // focusable, so that a wide table can be scrolled from the keyboard
  blockquote: () => el("blockquote"),
  expandable_blockquote: expandable,
  spoiler,
  url: (entity, text) => link(text, text),
  text_link: (entity, text) => link(entity.url ?? "", text),
  email: (entity, text) => link(`mailto:${text}`, text),
  phone_number: (entity, text) => link(`tel:${text.replace(/[^+\d]/g, "")}`, text),
  mention: () => el("span", { class: "mention" }),
  text_mention: () => el("span", { class: "mention" }),
  hashtag: () => el("span", { class: "mention" }),
  cashtag: () => el("span", { class: "mention" }),
  bot_command: (entity, text, on) => command(text, on),
};

function wrapper(entity, text, on) {
  const made = (WRAPPERS[entity.type] ?? (() => el("span")))(entity, text, on);
  return made instanceof Node ? { node: made } : made;
}

/* Chinese letters come from another font than the digits beside them; a cell of exactly two columns keeps tables straight. */
function columns(text) {
  const fragment = document.createDocumentFragment();
  let at = 0;
  for (const match of text.matchAll(WIDE)) {
    fragment.append(text.slice(at, match.index), el("span", { class: match[1] ? "cells" : "cells emoji" }, match[0]));
    at = match.index + match[0].length;
  }
  fragment.append(text.slice(at));
  return fragment;
}

function addText(parent, text) {
  // the line break that ends a block is already drawn by the block
  const rest = BLOCKS.has(parent.lastChild?.nodeName) && text.startsWith("\n") ? text.slice(1) : text;
  if (rest) parent.append(parent.closest?.("pre") ? columns(rest) : rest);
}

function fill(parent, text, from, to, spans, on) {
  let at = from;
  let index = 0;
  while (index < spans.length) {
    const span = spans[index];
    index += 1;
    const start = Math.max(span.offset, at);
    const end = Math.min(span.offset + span.length, to);
    if (end <= start) continue;
    const inner = [];
    while (index < spans.length && spans[index].offset < end) inner.push(spans[index++]);
    addText(parent, text.slice(at, start));
    const { node, tail } = wrapper(span, text.slice(start, end), on);
    fill(node, text, start, end, inner, on);
    if (tail) node.append(tail);
    parent.append(node);
    at = end;
  }
  addText(parent, text.slice(at, to));
}

/* on.command(text) is called when a /command is clicked. */
export function formatted(text, entities, on) {
  const spans = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const fragment = document.createDocumentFragment();
  fill(fragment, text, 0, text.length, spans, on);
  return fragment;
}

/* The same text on one line, hidden words left hidden: for previews and quotes. */
export function oneLine(text, entities) {
  let shown = text;
  for (const entity of entities ?? []) {
    if (entity.type !== "spoiler") continue;
    shown = shown.slice(0, entity.offset) + "▒".repeat(entity.length) + shown.slice(entity.offset + entity.length);
  }
  return shown.replace(/\s+/g, " ").trim();
}
