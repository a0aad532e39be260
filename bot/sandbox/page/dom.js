/* Building nodes: every text goes in as a text node, so nothing that a message holds can become markup. */

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  back: "M15 5l-7 7 7 7",
  down: "M6 9l6 6 6-6",
  send: "M4 12l16-8-6 16-3-6.5L4 12z",
  clip: "M19 11.5l-7.6 7.6a4.6 4.6 0 0 1-6.5-6.5l8-8a3 3 0 0 1 4.3 4.3l-7.9 7.9a1.5 1.5 0 0 1-2.1-2.1l7-7",
  reply: "M10 7L5 12l5 5M5 12h8a6 6 0 0 1 6 6",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5v.01M15 9.5v.01",
  copy: "M9 9h10v11H9zM5 15V4h10",
  close: "M6 6l12 12M18 6L6 18",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  bulb: "M9 18h6M10 21h4M12 3a6 6 0 0 0-3.6 10.8c.7.6 1.1 1.3 1.1 2.2h5c0-.9.4-1.6 1.1-2.2A6 6 0 0 0 12 3z",
  link: "M8 16l8-8M9 8h7v7",
  pulse: "M4 13h3.5l2.6-7 4 12 2.6-5H20",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
};

/* attributes: `class`, `on` ({event: listener}), `data` ({name: value}); true and false switch an attribute. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "data") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, click, extra = {}) {
  const { class: more = "", ...rest } = extra;
  return el("button", {
    type: "button", class: `plain round ${more}`, "aria-label": label, title: label, on: { click }, ...rest,
  }, icon(name));
}

export const byId = (id) => document.getElementById(id);

export const nameOf = (user) =>
  user ? [user.first_name, user.last_name].filter(Boolean).join(" ") || user.username || String(user.id) : "";

export const titleOf = (chat) => chat.title ?? nameOf(chat);

/* A surname or given name says more than the 小 or 老 before it. */
function initials(name) {
  const letters = Array.from(name.trim());
  if (/\p{Script=Han}/u.test(letters[0] ?? "")) {
    return letters.length > 1 && "小老阿大".includes(letters[0]) ? letters[1] : letters[0];
  }
  return name.trim().split(/\s+/).slice(0, 2).map((word) => Array.from(word)[0] ?? "").join("").toUpperCase() || "?";
}

/* Groups have negative ids and share one colour, so that no group looks like one of its members. */
export const tint = (id) => (Number(id) < 0 ? "tint-3" : `tint-${Number(id) % 7}`);

/* who: a user or a chat; a bot wears the pulse instead of initials. */
export function avatar(who, extra = "") {
  if (who.is_bot) return el("span", { class: `avatar bot ${extra}`, "aria-hidden": "true" }, icon("pulse"));
  return el("span", { class: `avatar ${tint(who.id)} ${extra}`, "aria-hidden": "true" }, initials(titleOf(who)));
}

/* Makes the children of `parent` exactly `nodes`, moving as little as possible so that focus and selection stay. */
export function arrange(parent, nodes) {
  const kept = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!kept.has(child)) child.remove();
  nodes.forEach((node, place) => {
    if (parent.childNodes[place] !== node) parent.insertBefore(node, parent.childNodes[place] ?? null);
  });
}
