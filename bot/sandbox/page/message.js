/* One bubble: sender, quoted reply, media, words, time, buttons and reactions. */

import { avatar, el, icon, nameOf, tint } from "./dom.js";
import { formatted, oneLine, outwardLink, safeUrl } from "./entities.js";
import { kindOf, media } from "./media.js";
import { clock, listed, moment, t } from "./strings.js";

const names = (users) => listed(users.map(nameOf));

/* The sentence of a service message, or null for an ordinary one. */
export function serviceText(message) {
  const actor = nameOf(message.from);
  if (message.new_chat_members) return t("joined", { name: names(message.new_chat_members) });
  if (message.left_chat_member) return t("left", { name: nameOf(message.left_chat_member) });
  if (message.new_chat_title) return t("renamed", { title: message.new_chat_title });
  if (message.group_chat_created || message.supergroup_chat_created) return t("created");
  if (message.pinned_message) return t("pinned", { name: actor });
  const told = message.text !== undefined || message.caption !== undefined || kindOf(message);
  return told ? null : t("service");
}

export function preview(message) {
  const service = serviceText(message);
  if (service) return service;
  const words = oneLine(message.text ?? message.caption ?? "", message.entities ?? message.caption_entities);
  return message.text === undefined ? [kindOf(message), words].filter(Boolean).join(" · ") : words;
}

function sender(message, world) {
  const person = world.personOf(message.from?.id);
  const role = person ? roleOf(person) : t("privateBot");
  return el("div", { class: `sender ${message.from?.is_bot ? "of-bot" : tint(message.from?.id)}` },
    el("span", { class: "sender-name" }, nameOf(message.from)), el("span", { class: "sender-role" }, role));
}

export function roleOf(person) {
  const known = ["operator", "manager", "admin", "newcomer"].includes(person.role);
  return document.documentElement.lang.startsWith("zh") || !known ? person.role_label ?? person.role : t(person.role);
}

function quote(message, on) {
  const answered = message.reply_to_message;
  if (!answered) return null;
  const name = nameOf(answered.from);
  return el("button", {
    type: "button", class: `quote ${answered.from?.is_bot ? "of-bot" : tint(answered.from?.id)}`, "aria-label": t("jumpTo", { name }),
    on: { click: () => on.jump(answered.message_id) },
  }, el("span", { class: "quote-name" }, name),
  el("span", { class: "quote-text" }, message.quote ? oneLine(message.quote.text, message.quote.entities) : preview(answered)));
}

function meta(message) {
  return el("span", { class: "meta" }, message.edit_date ? el("span", {}, t("edited")) : null,
    el("time", { datetime: new Date(message.date * 1000).toISOString(), title: moment(message.date) }, clock(message.date)));
}

function buttonNode(button, place, message, world, on) {
  if (button.url) {
    const url = safeUrl(button.url);
    return url ? outwardLink(url, { class: "key", title: url.href, data: place, "aria-label": t("linkButton", { text: button.text }) },
      button.text, icon("link")) : el("button", { type: "button", class: "key", disabled: true }, button.text);
  }
  const waiting = button.callback_data !== undefined && world.isWaiting(message.chat.id, message.message_id, button.callback_data);
  return el("button", {
    type: "button", class: `key${waiting ? " waiting" : ""}`, "aria-busy": waiting ? "true" : null, data: place,
    on: { click: () => on.key(message, button) },
  }, button.text);
}

function keyboard(message, world, on) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (!rows.length) return null;
  return el("div", { class: "keyboard" }, rows.map((row, y) =>
    el("div", { class: "keys" }, row.map((button, x) => buttonNode(button, { key: `${y}-${x}` }, message, world, on)))));
}

function reactionChips(message, world, on) {
  const given = world.reactionsOf(message.chat.id, message.message_id);
  const byEmoji = new Map();
  for (const [userId, emojis] of given) for (const emoji of emojis) byEmoji.set(emoji, [...(byEmoji.get(emoji) ?? []), userId]);
  if (!byEmoji.size) return null;
  return el("div", { class: "reactions" }, [...byEmoji].map(([emoji, ids]) => el("button", {
    type: "button", class: `chip${ids.includes(world.speakerId) ? " mine" : ""}`,
    "aria-label": t("reactions", { emoji, names: names(ids.map((id) => world.userOf(id))) }),
    "aria-pressed": String(ids.includes(world.speakerId)), on: { click: () => on.react(message, emoji) },
  }, emoji, el("span", {}, String(ids.length)))));
}

function words(message, on) {
  const text = message.text ?? message.caption;
  if (!text) return null;
  return el("div", { class: "text", dir: "auto" }, formatted(text, message.entities ?? message.caption_entities, on));
}

/*
 * item: {messages (an album has several), first, last (of a run by one sender)}
 * on: {command(text), jump(messageId), key(message, button), react(message, emoji)}
 */
export function bubble(item, world, on) {
  const message = item.messages[0];
  const captioned = item.messages.find((one) => one.caption) ?? message;
  const own = message.from?.id === world.speakerId;
  const group = message.chat.type !== "private";
  const inside = [group && item.first && !own ? sender(message, world) : null, quote(message, on), ...media(item.messages),
    words(captioned, on), meta(captioned)];
  const bare = message.photo && !captioned.caption ? " bare" : "";
  return el("article", {
    class: `item ${own ? "own" : "other"}${item.first ? " first" : ""}${item.last ? " last" : ""}${group ? " in-group" : ""}`,
    tabindex: "-1", data: { ids: item.messages.map((one) => one.message_id).join(" ") },
    "aria-label": t("messageLabel", { name: own ? t("you") : nameOf(message.from), time: clock(message.date) }),
  }, group && !own ? el("div", { class: "side" }, item.last ? avatar(message.from) : null) : null,
  el("div", { class: "stack" }, el("div", { class: `bubble${bare}` }, inside), keyboard(message, world, on), reactionChips(message, world, on)));
}
