/* Writing a message: text, reply, file, completion, and the chip that addresses the bot in a group. */

import { SpeakerPicker } from "./chats.js";
import { Completion } from "./completion.js";
import { byId, el, icon, iconButton, nameOf } from "./dom.js";
import { preview } from "./message.js";
import { size, t } from "./strings.js";

const TALLEST_PX = 180;
const LONGEST_TEXT = 4096; // Telegram's limits, in UTF-16 units
const LONGEST_CAPTION = 1024;
const COUNT_FROM = 0.9; // of the limit: from here on the count is shown

export class Composer {
  #root = byId("composer");
  #drafts = new Map(); // "person:chat" → {text, reply}
  #place = null; // whose draft is in the box
  #reply = null;
  #file = null;
  #above = el("div", { class: "composer-above" });
  #chip = el("button", { type: "button", class: "mention-chip", on: { click: () => this.addressBot() } });
  #picker = el("input", { type: "file", hidden: true, on: { change: () => this.attach(this.#picker.files[0]) } });
  #tip = el("span", { class: "tip" });
  input = el("textarea", { rows: "1", id: "message-input", enterkeyhint: "send" });

  /* send({text, reply, file}) resolves when it went out, rejects when it did not. */
  constructor(world, send) {
    this.world = world;
    this.send = send;
    this.clip = iconButton("clip", "", () => this.#picker.click(), { class: "attach" });
    this.button = el("button", { type: "submit", class: "send" }, icon("send"));
    const speakerBar = el("div", { class: "composer-speaker" });
    this.speaker = new SpeakerPicker(world, speakerBar, "inline");
    speakerBar.append(this.#chip, this.#tip);
    this.#root.append(this.#above, speakerBar, el("div", { class: "composer-row" }, this.clip, this.input, this.button, this.#picker));
    this.completion = new Completion(world, this.input, this.#root);
    this.#wire();
  }

  #wire() {
    this.#root.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    this.input.addEventListener("input", () => this.draw());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("click", () => this.completion.update());
    this.input.addEventListener("blur", () => setTimeout(() => this.completion.close(), 120));
    this.input.addEventListener("paste", (event) => {
      const [file] = event.clipboardData?.files ?? [];
      if (file) { event.preventDefault(); this.attach(file); }
    });
  }

  #key(event) {
    // while an input method composes, Enter picks a candidate and must not send
    if (event.isComposing || event.keyCode === 229) return;
    if (this.completion.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && (this.#reply || this.#file)) {
      this.#drop();
    }
  }

  #drop() {
    this.#reply = null;
    this.#file = null;
    this.#picker.value = "";
    this.draw();
  }

  async #submit() {
    const message = { text: this.input.value.trim(), reply: this.#reply, file: this.#file };
    if (this.button.disabled) return;
    this.input.value = "";
    this.completion.close();
    this.#drop();
    try {
      await this.send(message);
    } catch {
      if (this.input.value || this.#file) return; // something new is being written; the notice tells what was lost
      this.input.value = message.text;
      this.#reply = message.reply;
      this.#file = message.file;
      this.draw();
    }
  }

  // ---- what others put into the composer

  fill(text) {
    this.input.value = text;
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
    this.draw();
  }

  /* An example or a clicked command, addressed so that the bot hears it in a group too. */
  suggest(text) {
    const mention = `@${this.world.bot.username}`;
    this.fill(this.#inGroup && !text.startsWith("/") ? `${mention} ${text}` : text.startsWith("/") ? `${text} ` : text);
  }

  addressBot() {
    this.fill(`@${this.world.bot.username} ${this.input.value}`);
  }

  /* A message is a reply or a file: the control API takes no reply with a file. */
  replyTo(message) {
    this.#drop();
    this.#reply = message;
    this.input.focus();
    this.draw();
  }

  attach(file) {
    if (!file) return;
    this.#reply = null;
    this.#file = file;
    this.input.focus();
    this.draw();
  }

  // ---- drawing

  get #inGroup() {
    return this.world.open !== null && this.world.open.chat.type !== "private";
  }

  get #addressed() {
    const text = this.input.value.toLowerCase();
    return text.startsWith("/") || text.includes(`@${this.world.bot?.username?.toLowerCase()}`) || Boolean(this.#reply?.from?.is_bot);
  }

  draw() {
    this.#swapDraft();
    this.speaker.draw();
    const name = nameOf(this.world.bot);
    this.#chip.hidden = !this.#inGroup || this.#addressed;
    this.#chip.textContent = t("mentionChip", { name });
    this.#chip.title = t("mentionChipTitle");
    this.#drawCount();
    this.input.placeholder = this.#file ? t("caption") : t(this.#inGroup ? "placeholderGroup" : "placeholder");
    this.input.setAttribute("aria-label", t("composer"));
    for (const [button, label] of [[this.clip, t("attach")], [this.button, t("send")]]) {
      button.setAttribute("aria-label", label);
      button.title = label;
    }
    this.#drawAbove();
    this.#grow();
    this.completion.update();
  }

  #drawCount() {
    const units = this.input.value.trim().length;
    const most = this.#file ? LONGEST_CAPTION : LONGEST_TEXT;
    const isLong = units > most;
    this.#tip.textContent = units > most * COUNT_FROM ? t(isLong ? "tooLong" : "count", { units, most }) : t("enterHint");
    this.#tip.classList.toggle("over", isLong);
    this.button.disabled = isLong || (!units && !this.#file);
  }

  #swapDraft() {
    const place = `${this.world.speakerId}:${this.world.openId}`;
    if (place === this.#place) return;
    if (this.#place) this.#drafts.set(this.#place, { text: this.input.value, reply: this.#reply });
    const draft = this.#drafts.get(place) ?? { text: "", reply: null };
    this.#place = place;
    this.input.value = draft.text;
    this.#reply = draft.reply;
    this.#file = null;
  }

  #drawAbove() {
    const parts = [];
    if (this.#reply) {
      const name = nameOf(this.#reply.from);
      parts.push(el("div", { class: "pending" }, icon("reply"),
        el("span", { class: "pending-text" }, el("strong", {}, t("replyTo", { name })), el("span", {}, preview(this.#reply))),
        iconButton("close", t("cancelReply"), () => { this.#reply = null; this.input.focus(); this.draw(); })));
    }
    if (this.#file) {
      parts.push(el("div", { class: "pending" }, icon("file"),
        el("span", { class: "pending-text" }, el("strong", {}, this.#file.name), el("span", {}, size(this.#file.size))),
        iconButton("close", t("removeFile", { name: this.#file.name }), () => { this.#file = null; this.#picker.value = ""; this.draw(); })));
    }
    this.#above.replaceChildren(...parts);
  }

  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, TALLEST_PX)}px`;
  }
}
