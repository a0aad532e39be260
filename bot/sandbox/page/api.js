/* The control API of the sandbox: what the page may ask of the server, and the live line it listens on. */

import { t } from "./strings.js";

export class RequestFailed extends Error {}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(20000), ...options });
  } catch {
    throw new RequestFailed(t("noServer"));
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new RequestFailed(body.description ?? body.error ?? `HTTP ${response.status}`);
  return body;
}

const post = (path, body) =>
  request(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

const chatPath = (chatId) => `/sandbox/chats/${encodeURIComponent(chatId)}`;

export const fileUrl = (fileId) => `/sandbox/files/${encodeURIComponent(fileId)}`;

export const readState = () => request("/sandbox/state");

/* {messages, reactions: {message id: [{user_id, reactions}]}}, oldest first */
export function readMessages(chatId, before, limit) {
  const query = new URLSearchParams({ limit: String(limit), ...(before ? { before: String(before) } : {}) });
  return request(`${chatPath(chatId)}/messages?${query}`);
}

export async function sendText(chatId, speakerId, text, replyTo) {
  const reply = replyTo ? { reply_to_message_id: replyTo } : {};
  return (await post(`${chatPath(chatId)}/messages`, { from_user_id: speakerId, text, ...reply })).message;
}

export async function sendDocument(chatId, speakerId, file, caption) {
  const form = new FormData();
  form.set("from_user_id", String(speakerId));
  form.set("caption", caption);
  form.set("file", file, file.name);
  return (await request(`${chatPath(chatId)}/documents`, { method: "POST", body: form })).message;
}

export const pressButton = (chatId, speakerId, messageId, data) =>
  post(`${chatPath(chatId)}/callbacks`, { from_user_id: speakerId, message_id: messageId, data });

/* emoji null takes the reaction back */
export const react = (chatId, speakerId, messageId, emoji) =>
  post(`${chatPath(chatId)}/reactions`, { from_user_id: speakerId, message_id: messageId, emoji });

const LONGEST_WAIT_MS = 4000;

/* Keeps one websocket open for as long as the page lives; the async `up` runs on every (re)connection. */
export function listen({ event, up, down }) {
  let wait = 250;
  let timer = null;
  let socket = null;

  const open = () => {
    timer = null;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/sandbox/live`);
    // a server that takes the line but does not answer yet is tried again like one that is away
    socket.onopen = () => up().then(() => { wait = 250; }, () => socket?.close());
    socket.onmessage = (frame) => event(JSON.parse(frame.data));
    socket.onclose = () => {
      socket = null;
      down();
      timer = setTimeout(open, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
  };
  const hurry = () => {
    if (timer === null || document.visibilityState === "hidden") return;
    clearTimeout(timer);
    open();
  };
  window.addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);
  open();
}
