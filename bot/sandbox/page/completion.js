/* The menu over the composer that completes /commands and @mentions. */

import { arrange, avatar, el, nameOf } from "./dom.js";
import { t } from "./strings.js";

const MOST_SHOWN = 12;

/* What is being typed at the caret: {kind, from, word} or null. Commands only at the very start of a message. */
export function wordAtCaret(text, caret) {
  const before = text.slice(0, caret);
  const command = /^\/(\w*)$/.exec(before);
  if (command) return { kind: "command", from: 0, word: command[1].toLowerCase() };
  const mention = /(?:^|[\s(（，,。])@([\w\p{Script=Han}]*)$/u.exec(before);
  return mention ? { kind: "mention", from: caret - mention[1].length - 1, word: mention[1].toLowerCase() } : null;
}

function commandsFor(world, word) {
  const found = world.commands.filter(({ command }) => command.startsWith(word));
  return found.map(({ command, description }) => ({ insert: `/${command} `, main: `/${command}`, side: description, face: world.bot }));
}

function mentionsFor(world, word) {
  const members = world.open.chat.type === "private" ? [] : world.people.map(({ user }) => user).filter(
    ({ id }) => id !== world.speakerId && world.open.members.includes(id));
  return [world.bot, ...members]
    .filter((user) => user.username && [user.username.toLowerCase(), nameOf(user).toLowerCase()].some((name) => name.startsWith(word)))
    .map((user) => ({ insert: `@${user.username} `, main: nameOf(user), side: `@${user.username}`, face: user }));
}

export class Completion {
  #options = [];
  #chosen = 0;
  #at = null;
  #dismissed = null;

  constructor(world, input, root) {
    this.world = world;
    this.input = input;
    this.list = el("ul", { class: "completion", role: "listbox", id: "completion", hidden: true });
    root.append(this.list);
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", "completion");
  }

  get isOpen() {
    return !this.list.hidden;
  }

  update() {
    const at = this.world.open ? wordAtCaret(this.input.value, this.input.selectionStart) : null;
    const same = at && this.#at && at.kind === this.#at.kind && at.word === this.#at.word;
    if (!same) this.#chosen = 0;
    this.#at = at;
    if (!at) this.#dismissed = null;
    const found = !at || this.#dismissed === at.from ? [] : at.kind === "command" ? commandsFor(this.world, at.word) : mentionsFor(this.world, at.word);
    this.#options = found.slice(0, MOST_SHOWN);
    this.#draw();
  }

  close() {
    this.#options = [];
    this.#draw();
  }

  #draw() {
    this.list.hidden = !this.#options.length;
    this.list.setAttribute("aria-label", t(this.#at?.kind === "mention" ? "mentions" : "commands"));
    arrange(this.list, this.#options.map((option, place) => this.#row(option, place)));
    if (this.isOpen) this.input.setAttribute("aria-activedescendant", `completion-${this.#chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
    this.list.children[this.#chosen]?.scrollIntoView({ block: "nearest" });
  }

  #row(option, place) {
    return el("li", {
      role: "option", id: `completion-${place}`, "aria-selected": String(place === this.#chosen),
      on: { pointerdown: (event) => event.preventDefault(), click: () => this.#take(place) },
    }, avatar(option.face, "small"), el("span", { class: "option-main" }, option.main), el("span", { class: "option-side" }, option.side));
  }

  #take(place) {
    const caret = this.input.selectionStart;
    this.input.setRangeText(this.#options[place].insert, this.#at.from, caret, "end");
    this.input.focus();
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* True when the key belonged to the open menu. */
  key(event) {
    if (!this.isOpen) return false;
    const count = this.#options.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#chosen = (this.#chosen + step + count) % count;
    else if (event.key === "Escape") { this.#dismissed = this.#at.from; return event.preventDefault(), this.close(), true; }
    else if (event.key === "Tab" || event.key === "Enter") {
      // a command typed to its end is sent, not completed once more
      if (event.key === "Enter" && this.#options[this.#chosen].insert.trim() === this.input.value.trim()) return false;
      this.#take(this.#chosen);
    } else return false;
    event.preventDefault();
    if (step) this.#draw();
    return true;
  }
}
