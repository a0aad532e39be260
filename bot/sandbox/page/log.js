/* The scrolling log of the open chat: runs of bubbles, day lines, staying at the end, older pages, actions on one message. */

import { arrange, byId, el, icon, iconButton } from "./dom.js";
import { bubble, serviceText } from "./message.js";
import { toast } from "./notices.js";
import { day, dayKey, language, t } from "./strings.js";

const AT_END_PX = 90;
const LOAD_OLDER_PX = 240;
const SAME_RUN_SECONDS = 600;
const LONG_PRESS_MS = 450;
const DEEPEST_JUMP = 20;
const EMOJIS = ["👍", "❤️", "🔥", "👏", "🤔", "👎"];

const bottomOf = (node) => node.offsetTop + node.offsetHeight;
const sameAlbum = (a, b) => Boolean(a?.media_group_id) && a.media_group_id === b?.media_group_id;

/* Messages → what is drawn: a day line, a service line, or bubbles that know their neighbours. */
function itemsOf(messages) {
  const items = [];
  for (const message of messages) {
    const before = items.at(-1);
    if (!before || dayKey(before.messages[0].date) !== dayKey(message.date)) {
      items.push({ key: `day-${dayKey(message.date)}`, kind: "day", messages: [message] });
    }
    const service = serviceText(message);
    if (service) items.push({ key: `s-${message.message_id}`, kind: "service", messages: [message], text: service });
    else if (before?.kind === "bubble" && sameAlbum(before.messages[0], message)) before.messages.push(message);
    else items.push({ key: `m-${message.message_id}`, kind: "bubble", messages: [message] });
  }
  items.forEach((item, place) => {
    item.first = !continues(items[place - 1], item);
    item.last = !continues(item, items[place + 1]);
  });
  return items;
}

function continues(before, after) {
  if (before?.kind !== "bubble" || after?.kind !== "bubble") return false;
  const [a, b] = [before.messages.at(-1), after.messages[0]];
  return a.from?.id === b.from?.id && b.date - a.date < SAME_RUN_SECONDS;
}

export class Log {
  #drawn = new Map(); // key → {node, facts}: facts are compared to know whether the node still fits
  #chatId = null;
  #seen = 0; // newest message that was on screen at the end
  #box = byId("log");
  #down = byId("to-bottom");
  #tools = el("div", { class: "tools", role: "toolbar" });
  #pressed = null;

  /* on: see bubble(), plus reply(message), copy(message) */
  constructor(world, on) {
    this.world = world;
    this.on = { ...on, jump: (id) => this.jump(id) };
    this.#box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("pointerover", (event) => { if (event.pointerType === "mouse") this.#offer(event.target); });
    this.#box.addEventListener("focusin", (event) => { if (event.target.matches(":focus-visible")) this.#offer(event.target); });
    this.#box.addEventListener("dblclick", (event) => this.#replyTo(event.target));
    this.#touch();
    this.#down.addEventListener("click", () => this.toEnd("smooth"));
    new ResizeObserver(() => { if (this.#stuck) this.toEnd(); }).observe(this.#box);
  }

  #stuck = true;

  get atEnd() {
    return this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < AT_END_PX;
  }

  toEnd(behavior = "instant") {
    this.#box.scrollTo({ top: this.#box.scrollHeight, behavior });
  }

  draw() {
    const { world } = this;
    const chatId = world.openId;
    const isNew = chatId !== this.#chatId;
    if (isNew) this.#forget(chatId);
    const newest = world.messages().at(-1);
    const ownNew = newest && newest.message_id > this.#seen && newest.from?.id === world.speakerId;
    const anchor = this.#anchor();
    const follow = isNew || this.#stuck || ownNew;

    arrange(this.#box, this.#nodes());
    if (follow) this.toEnd();
    else if (anchor && this.#drawn.has(anchor.key)) this.#box.scrollTop += bottomOf(this.#drawn.get(anchor.key).node) - anchor.bottom;
    this.#scrolled();
  }

  #forget(chatId) {
    this.#chatId = chatId;
    this.#drawn.clear();
    this.#seen = 0;
    this.#stuck = true;
  }

  /* The first message on screen and where it ends (it may lose its sender's line): that place stays put. */
  #anchor() {
    for (const [key, { node }] of this.#drawn) {
      if (key.startsWith("m-") && bottomOf(node) > this.#box.scrollTop) return { key, bottom: bottomOf(node) };
    }
    return null;
  }

  #nodes() {
    const history = this.world.histories.get(this.#chatId);
    const draft = this.world.drafts.get(this.#chatId);
    const items = itemsOf([...this.world.messages(), ...(draft ? [draft] : [])]);
    const keep = new Map();
    const nodes = items.map((item) => {
      const facts = this.#facts(item);
      const old = this.#drawn.get(item.key);
      const fits = old && old.facts.length === facts.length && old.facts.every((fact, place) => fact === facts[place]);
      const node = fits ? old.node : this.#make(item, old?.node);
      keep.set(item.key, { node, facts });
      return node;
    });
    this.#drawn = keep;
    if (history?.loading) nodes.unshift(el("p", { class: "line loading" }, t("olderLoading")));
    if (history?.fetched && !items.length) nodes.push(...this.#emptiness());
    return nodes;
  }

  /* A person begins with a bot by /start, as in Telegram. */
  #emptiness() {
    const begin = el("button", { type: "button", class: "primary begin", on: { click: () => this.on.begin() } }, t("begin"));
    return [el("p", { class: "line" }, t("noMessages")), ...(this.world.open?.chat.type === "private" ? [begin] : [])];
  }

  /* All that the look of an item depends on; messages are replaced, never changed, so identity is enough for them. */
  #facts(item) {
    const { world } = this;
    const [message] = item.messages;
    const buttons = message.reply_markup?.inline_keyboard?.flat() ?? [];
    const waiting = buttons.map((one) => Number(world.isWaiting(message.chat.id, message.message_id, one.callback_data))).join("");
    return [...item.messages, item.first, item.last, item.kind, item.text, language(), world.speakerId, waiting,
      world.reactionsOf(message.chat.id, message.message_id).size ? world.reactionsOf(message.chat.id, message.message_id) : null,
      item.kind === "day" ? day(message.date) : ""];
  }

  #make(item, old) {
    if (item.kind === "day") return el("p", { class: "line day" }, el("span", {}, day(item.messages[0].date)));
    if (item.kind === "service") return el("p", { class: "line service" }, el("span", {}, item.text));
    const node = bubble(item, this.world, this.on);
    if (old?.contains(document.activeElement)) {
      const key = document.activeElement.dataset.key;
      queueMicrotask(() => (key && node.querySelector(`[data-key="${key}"]`) || node).focus({ preventScroll: true }));
    }
    return node;
  }

  #scrolled() {
    this.#stuck = this.atEnd;
    const messages = this.world.messages();
    if (this.#stuck) this.#seen = messages.at(-1)?.message_id ?? this.#seen;
    const fresh = messages.filter((message) => message.message_id > this.#seen).length;
    this.#down.hidden = this.#stuck;
    const label = fresh ? t("toBottomNew", { count: fresh }) : t("toBottom");
    if (this.#down.getAttribute("aria-label") !== label) {
      this.#down.setAttribute("aria-label", label);
      this.#down.replaceChildren(icon("down"), fresh ? el("span", { class: "badge" }, String(fresh)) : "");
    }
    if (this.#box.clientHeight && this.#box.scrollTop < LOAD_OLDER_PX) this.world.loadOlder(this.#chatId).catch(() => {});
  }

  async jump(messageId) {
    for (let turn = 0; turn < DEEPEST_JUMP; turn += 1) {
      const node = this.#box.querySelector(`[data-ids~="${Number(messageId)}"]`);
      if (node) return this.#flash(node);
      if (!(await this.world.loadOlder(this.#chatId).catch(() => false))) break;
      await new Promise((drawn) => setTimeout(drawn));
    }
    return toast(t("replyGone"));
  }

  #flash(node) {
    node.scrollIntoView({ block: "center", behavior: "smooth" });
    node.focus({ preventScroll: true });
    node.classList.add("flash");
    setTimeout(() => node.classList.remove("flash"), 1600);
  }

  // ---- acting on one message

  #messageAt(target) {
    const node = target.closest?.(".item");
    const id = parseInt(node?.dataset.ids, 10);
    return node ? { node, message: this.world.messages().find((one) => one.message_id === id) } : {};
  }

  #replyTo(target) {
    const { message } = this.#messageAt(target);
    if (message && !target.closest("button, a, pre")) this.on.reply(message);
  }

  /* One toolbar wanders to the message that is pointed at, so that the log has few stops for the keyboard. */
  #offer(target) {
    const { node, message } = this.#messageAt(target);
    if (!message || this.#tools.parentNode === node.querySelector(".stack")) return;
    const react = el("div", { class: "emojis", hidden: true }, EMOJIS.map((emoji) =>
      el("button", { type: "button", "aria-label": t("reactWith", { emoji }), on: { click: () => this.#act(() => this.on.react(message, emoji)) } }, emoji)));
    this.#tools.setAttribute("aria-label", t("actions"));
    this.#tools.replaceChildren(
      iconButton("reply", t("reply"), () => this.#act(() => this.on.reply(message))),
      iconButton("smile", t("react"), () => { react.hidden = !react.hidden; }),
      iconButton("copy", t("copy"), () => this.#act(() => this.on.copy(message))), react);
    node.querySelector(".stack").append(this.#tools);
  }

  #act(action) {
    this.#tools.remove();
    action();
  }

  #touch() {
    const stop = () => { clearTimeout(this.#pressed); this.#pressed = null; };
    this.#box.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse") return;
      if (!this.#tools.contains(event.target)) this.#tools.remove();
      this.#pressed = setTimeout(() => { this.#offer(event.target); navigator.vibrate?.(10); }, LONG_PRESS_MS);
    });
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) this.#box.addEventListener(name, stop);
    this.#box.addEventListener("scroll", stop, { passive: true });
    this.#box.addEventListener("contextmenu", (event) => { if (this.#pressed) event.preventDefault(); });
  }

  #key(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const items = [...this.#box.querySelectorAll(".item")];
    const place = items.indexOf(document.activeElement);
    if (event.key === "Enter" && place >= 0) return this.#replyTo(document.activeElement);
    if (!step || (place < 0 && document.activeElement !== this.#box)) return undefined;
    event.preventDefault();
    const next = place < 0 ? items.length - 1 : Math.min(items.length - 1, Math.max(0, place + step));
    items[next]?.focus();
    return items[next]?.scrollIntoView({ block: "nearest" });
  }
}
