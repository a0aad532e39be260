/* Puts the page together: one world, its views, and the live line that keeps it current. */

import * as api from "./api.js";
import { SpeakerPicker, activityText, drawChats } from "./chats.js";
import { Composer } from "./composer.js";
import { avatar, byId, icon, titleOf } from "./dom.js";
import { Hints } from "./hints.js";
import { Log } from "./log.js";
import { alertDialog, toast } from "./notices.js";
import { language, setLanguage, t } from "./strings.js";
import { World } from "./world.js";

const narrow = matchMedia("(max-width: 760px)");
const world = new World();
const app = byId("app");

const failed = (failure) => toast(t("notSent", { reason: failure.message }));

const log = new Log(world, {
  command: (text) => composer.suggest(text),
  reply: (message) => composer.replyTo(message),
  copy: (message) => copy(message.text ?? message.caption ?? ""),
  react,
  begin: () => send({ text: "/start" }).catch(() => {}),
  key: pressKey,
});
const composer = new Composer(world, send);
const identity = new SpeakerPicker(world, byId("identity"), "wide");
const hints = new Hints((text) => composer.suggest(text));

async function copy(text) {
  await navigator.clipboard?.writeText(text);
  toast(t("copied"));
}

function react({ chat, message_id }, emoji) {
  const mine = world.reactionsOf(chat.id, message_id).get(world.speakerId) ?? [];
  return api.react(chat.id, world.speakerId, message_id, mine.includes(emoji) ? null : emoji).catch(failed);
}

function pressKey(message, button) {
  if (button.copy_text) return copy(button.copy_text.text);
  if (button.switch_inline_query_current_chat !== undefined) {
    return composer.fill(`@${world.bot.username} ${button.switch_inline_query_current_chat}`);
  }
  if (button.callback_data === undefined) return toast(t("unsupported"));
  return world.press(message.chat.id, message.message_id, button.callback_data).catch(failed);
}

async function send({ text, reply, file }) {
  const { openId, speakerId } = world;
  try {
    world.add(await (file ? api.sendDocument(openId, speakerId, file, text) : api.sendText(openId, speakerId, text, reply?.message_id)));
  } catch (failure) {
    failed(failure);
    throw failure;
  }
}

// ---- which of the two views a phone shows

function setView(view) {
  app.dataset.view = view;
  if (view === "chat") world.markRead();
}

function openChat(chatId) {
  if (narrow.matches && app.dataset.view === "list") history.pushState({ view: "chat" }, "");
  setView("chat");
  world.show(chatId).catch(failed);
  if (!narrow.matches) composer.input.focus();
}

world.inList = () => narrow.matches && app.dataset.view === "list";
window.addEventListener("popstate", (event) => setView(event.state?.view ?? "list"));
byId("back").addEventListener("click", () => {
  if (history.state?.view === "chat") history.back(); else setView("list");
});

// ---- drawing

function drawHeading() {
  const entry = world.open;
  byId("chat").hidden = !entry;
  byId("welcome").hidden = Boolean(entry);
  byId("welcome-text").textContent = t(world.ready ? "pickChat" : "loading");
  if (!entry) return;
  const face = world.faceOf(entry.chat);
  const place = byId("chat-avatar");
  if (place.dataset.chat !== String(entry.chat.id)) place.replaceChildren(avatar(face));
  place.dataset.chat = String(entry.chat.id);
  byId("chat-title").textContent = titleOf(face);
  const activity = world.activityIn(entry.chat.id);
  const quiet = entry.chat.type === "private" ? t("privateBot") : t("members", { count: entry.members.length });
  const subtitle = byId("chat-subtitle");
  const words = activity ? activityText(activity) : quiet;
  if (subtitle.textContent !== words) subtitle.textContent = words;
  subtitle.classList.toggle("busy", Boolean(activity));
}

function drawWords() {
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  const switcher = byId("language");
  switcher.textContent = t("switchLanguage");
  switcher.setAttribute("aria-label", t("switchLanguageLabel"));
  byId("sidebar").setAttribute("aria-label", t("chats"));
  byId("log").setAttribute("aria-label", t("messages"));
  byId("footnote").textContent = t("footnote");
  for (const [id, key] of [["back", "back"], ["examples", "hintsOpen"]]) {
    byId(id).setAttribute("aria-label", t(key));
    byId(id).title = t(key);
  }
  byId("offline").textContent = t("offline");
  hints.draw();
}

function draw() {
  const unread = world.unreadTotal();
  const title = world.open ? `${titleOf(world.faceOf(world.open.chat))} · ${t("app")}` : t("app");
  document.title = unread ? `(${unread}) ${title}` : title;
  byId("offline").hidden = world.connected || !world.ready;
  drawHeading();
  identity.draw();
  drawChats(world, openChat);
  if (world.open) {
    log.draw();
    composer.draw();
  }
}

byId("language").addEventListener("click", () => {
  setLanguage(language() === "zh" ? "en" : "zh");
  drawWords();
  draw();
});
byId("examples").append(icon("bulb"));
byId("examples").addEventListener("click", () => hints.toggle());
byId("back").append(icon("back"));
world.addEventListener("change", draw);
world.addEventListener("answer", ({ detail }) => {
  if (detail.unanswered) return toast(t("noAnswer"));
  if (detail.url) window.open(detail.url, "_blank", "noopener,noreferrer");
  if (!detail.text) return undefined;
  return detail.show_alert ? alertDialog(detail.text) : toast(detail.text);
});
window.addEventListener("focus", () => { if (!world.inList()) world.markRead(); });

// ---- files dropped on the chat

const stage = byId("chat");
stage.addEventListener("dragover", (event) => {
  if (![...event.dataTransfer.types].includes("Files")) return;
  event.preventDefault();
  stage.dataset.drop = t("dropHere");
});
stage.addEventListener("dragleave", (event) => { if (!stage.contains(event.relatedTarget)) delete stage.dataset.drop; });
stage.addEventListener("drop", (event) => {
  event.preventDefault();
  delete stage.dataset.drop;
  composer.attach(event.dataTransfer.files[0]);
});

// ---- the live line

async function connected() {
  await world.synchronise();
  world.connected = true;
  const [first] = world.visibleChats();
  if (world.openId === null && first && !narrow.matches) world.show(first.chat.id).catch(failed);
  world.changed();
}

drawWords();
draw();
api.listen({
  event: (event) => world.take(event),
  up: connected,
  down: () => { world.connected = false; world.changed(); },
});
