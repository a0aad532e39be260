/* The list of chats, and who speaks. */

import { arrange, avatar, byId, el, nameOf, titleOf } from "./dom.js";
import { preview, roleOf } from "./message.js";
import { shortDay, t } from "./strings.js";

function lastLine(world, { chat, last }) {
  const activity = world.activityIn(chat.id);
  if (activity) return el("span", { class: "chat-last busy" }, activityText(activity));
  if (!last) return el("span", { class: "chat-last" }, t("noMessages"));
  const own = last.from?.id === world.speakerId;
  const who = chat.type === "private" && !own ? "" : t("says", { name: own ? t("you") : nameOf(last.from) });
  return el("span", { class: "chat-last" }, who && !last.new_chat_members ? el("span", { class: "who" }, who) : null, preview(last));
}

export function activityText({ name, action }) {
  const key = { upload_photo: "sendingPhoto", upload_document: "sendingFile" }[action] ?? "typing";
  return t(key, { name });
}

function chatRow(world, entry, open) {
  const { chat, last } = entry;
  const face = world.faceOf(chat);
  const unread = world.unreadOf(chat.id);
  const current = chat.id === world.openId;
  return el("li", {}, el("button", {
    type: "button", class: `chat-row${current ? " current" : ""}`, "aria-current": current ? "true" : null,
    data: { chat: chat.id }, on: { click: () => open(chat.id) },
  }, avatar(face), el("span", { class: "chat-name" }, titleOf(face)),
  el("time", { class: "chat-time" }, last ? shortDay(last.date) : ""), lastLine(world, entry),
  unread ? el("span", { class: "badge", "aria-label": t("unread", { count: unread }) }, String(unread)) : null));
}

/* Redraws the list only when a row looks different, and gives the focus back to the row that had it. */
export function drawChats(world, open) {
  const list = byId("chats");
  const rows = world.visibleChats().map((entry) => chatRow(world, entry, open));
  const next = rows.map((row) => row.outerHTML).join("");
  if (list.dataset.drawn === next && list.childElementCount) return;
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.chat : null;
  arrange(list, rows);
  list.dataset.drawn = next;
  if (focused) list.querySelector(`[data-chat="${focused}"]`)?.focus();
}

/* A native list of people lies invisibly over the drawn name: every device brings its own good picker. */
export class SpeakerPicker {
  #select = el("select", { on: { change: () => this.world.speakAs(Number(this.#select.value)) } });
  #face = el("span", { class: "speaker-face" });

  constructor(world, root, extra) {
    this.world = world;
    root.append(el("label", { class: `speaker ${extra}` }, this.#face, this.#select));
  }

  draw() {
    const { speaker, people } = this.world;
    if (!speaker) return;
    const role = roleOf(speaker);
    this.#face.replaceChildren(avatar(speaker.user, "small"),
      el("span", { class: "speaker-name" }, nameOf(speaker.user)), el("span", { class: "speaker-role" }, role));
    const options = people.map((person) => ({ value: String(person.user.id), text: `${nameOf(person.user)} · ${roleOf(person)}` }));
    if (this.#select.dataset.options !== JSON.stringify(options)) {
      this.#select.dataset.options = JSON.stringify(options);
      this.#select.replaceChildren(...options.map(({ value, text }) => el("option", { value }, text)));
    }
    this.#select.value = String(speaker.user.id);
    this.#select.setAttribute("aria-label", t("speakAs"));
    this.#select.title = t("speaksAs", { name: nameOf(speaker.user), role });
  }
}
