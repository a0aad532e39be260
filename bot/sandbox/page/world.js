/* What the page knows: people, chats, messages and what is new; views read it and redraw on its "change" event. */

import * as api from "./api.js";
import { nameOf } from "./dom.js";
import { memory } from "./strings.js";

const PAGE = 50;
const ACTIVITY_MS = 5500; // Telegram shows a chat action for five seconds
const ANSWER_MS = 20000;
const SPEAKER = "sandbox.speaker";

const pair = (...parts) => parts.join(":");

export class World extends EventTarget {
  bot = null;
  people = [];
  commands = [];
  chats = new Map(); // chat id → {chat, members, last}
  histories = new Map(); // chat id → {messages, fetched, complete, loading, asked}
  unread = new Map(); // "person:chat" → count
  activity = new Map(); // chat id → {userId, action, timer}
  drafts = new Map(); // chat id → what the bot is still writing, shaped like a message
  reactions = new Map(); // "chat:message" → Map(user id → [emoji])
  waiting = new Map(); // "chat:message:data" → timer of a pressed button
  callbacks = new Map(); // callback query id → key in `waiting`
  speakerId = Number(memory.read(SPEAKER)) || null;
  openId = null;
  connected = false;
  ready = false;
  #scheduled = false;

  changed() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.dispatchEvent(new Event("change"));
    });
  }

  // ---- reading

  get speaker() {
    return this.people.find((person) => person.user.id === this.speakerId) ?? null;
  }

  get open() {
    return this.chats.get(this.openId) ?? null;
  }

  userOf(id) {
    if (this.bot?.id === id) return this.bot;
    return this.people.find((person) => person.user.id === id)?.user ?? null;
  }

  personOf(id) {
    return this.people.find((person) => person.user.id === id) ?? null;
  }

  #sees(personId, entry) {
    return entry.chat.type === "private" ? entry.chat.id === personId : entry.members.includes(personId);
  }

  /* The chats of the speaker, the one with the newest message first. */
  visibleChats() {
    const own = [...this.chats.values()].filter((entry) => this.#sees(this.speakerId, entry));
    return own.sort((a, b) => (b.last?.date ?? 0) - (a.last?.date ?? 0) || a.chat.id - b.chat.id);
  }

  /* A private chat is called by the one at the other end: the bot. */
  faceOf(chat) {
    return chat.type === "private" ? this.bot : chat;
  }

  messages(chatId = this.openId) {
    return this.histories.get(chatId)?.messages ?? [];
  }

  unreadOf(chatId, personId = this.speakerId) {
    return this.unread.get(pair(personId, chatId)) ?? 0;
  }

  unreadTotal() {
    return this.visibleChats().reduce((sum, { chat }) => sum + this.unreadOf(chat.id), 0);
  }

  activityIn(chatId) {
    const current = this.activity.get(chatId);
    return current ? { name: nameOf(this.userOf(current.userId) ?? this.bot), action: current.action } : null;
  }

  reactionsOf(chatId, messageId) {
    return this.reactions.get(pair(chatId, messageId)) ?? new Map();
  }

  isWaiting(chatId, messageId, data) {
    return this.waiting.has(pair(chatId, messageId, data));
  }

  // ---- choosing

  speakAs(id) {
    const before = this.open?.chat;
    this.speakerId = id;
    memory.write(SPEAKER, String(id));
    const visible = this.visibleChats();
    const stays = visible.find(({ chat }) => (before?.type === "private" ? chat.type === "private" : chat.id === before?.id));
    if (before) this.show((stays ?? visible[0])?.chat.id ?? null).catch(() => {}); // the next connection loads it
    this.changed();
  }

  async show(chatId) {
    this.openId = chatId;
    this.markRead();
    this.changed();
    if (chatId === null || this.histories.has(chatId)) return;
    try {
      await this.#loadLatest(chatId);
    } catch (failure) {
      this.histories.delete(chatId);
      throw failure;
    }
  }

  markRead() {
    if (this.openId !== null && this.unread.delete(pair(this.speakerId, this.openId))) this.changed();
  }

  #isLooking(personId, chatId) {
    return personId === this.speakerId && chatId === this.openId && document.hasFocus() && !this.inList?.();
  }

  // ---- loading

  /* Runs on every connection: reads the state anew and what was missed while the line was down. */
  async synchronise() {
    const state = await api.readState();
    const known = new Map([...this.chats].map(([id, entry]) => [id, entry.last?.message_id ?? 0]));
    this.#adopt(state);
    this.drafts.clear();
    for (const id of [...this.histories.keys()]) if (!this.chats.has(id)) this.histories.delete(id);
    await Promise.all([...this.chats.values()].map((entry) => this.#catchUp(entry, known)));
    this.ready = true;
    this.changed();
  }

  #adopt(state) {
    this.bot = state.bot;
    this.people = state.people;
    this.commands = state.commands ?? [];
    this.chats = new Map(state.chats.map(({ chat, members, last_message }) => [chat.id, { chat, members, last: last_message }]));
    for (const { user } of this.people) {
      if (this.chats.has(user.id)) continue;
      this.chats.set(user.id, { chat: { ...user, type: "private" }, members: [user.id], last: null });
    }
    if (!this.speaker) this.speakerId = this.people[0]?.user.id ?? null;
    if (this.openId !== null && !this.open) this.openId = null;
  }

  async #catchUp(entry, known) {
    const { id } = entry.chat;
    const before = known.get(id);
    const missed = before !== undefined && (entry.last?.message_id ?? 0) > before;
    if (!missed && !this.histories.has(id)) return;
    const page = await this.#loadLatest(id);
    if (missed) page.filter((message) => message.message_id > before).forEach((message) => this.#count(id, message));
  }

  async #loadLatest(chatId) {
    const history = this.#history(chatId);
    const { messages: page, reactions } = await api.readMessages(chatId, null, PAGE);
    const first = page[0];
    const same = first && history.messages.find((message) => message.message_id === first.message_id);
    // a server that forgot everything starts its ids anew: keep older pages only if they are of the same world
    const older = same?.date === first?.date ? history.messages.filter((message) => message.message_id < first?.message_id) : [];
    const newer = history.messages.filter((message) => message.arrived > history.asked && !page.some((one) => one.message_id === message.message_id));
    history.messages = [...older, ...page, ...newer];
    history.fetched = true;
    history.complete = older.length ? history.complete : page.length < PAGE;
    this.#adoptReactions(chatId, page, reactions);
    this.changed();
    return page;
  }

  #history(chatId) {
    if (!this.histories.has(chatId)) this.histories.set(chatId, { messages: [], complete: false, loading: false, fetched: false, asked: 0 });
    const history = this.histories.get(chatId);
    history.asked = performance.now();
    return history;
  }

  /* Puts one more page of older messages before what is known; false when there is none. */
  async loadOlder(chatId = this.openId) {
    const history = this.histories.get(chatId);
    if (!history || history.complete || history.loading || !history.messages.length) return false;
    const before = history.messages[0].message_id;
    history.loading = true;
    this.changed();
    try {
      const { messages: page, reactions } = await api.readMessages(chatId, before, PAGE);
      if (history.messages[0]?.message_id !== before) return false; // loaded anew meanwhile
      history.messages = [...page, ...history.messages];
      history.complete = page.length < PAGE;
      this.#adoptReactions(chatId, page, reactions);
      return page.length > 0;
    } finally {
      history.loading = false;
      this.changed();
    }
  }

  // ---- what the live line says

  take(event) {
    const chatId = event.chat_id ?? event.message?.chat?.id;
    const takers = {
      message: () => this.add(event.message, chatId),
      edited: () => this.#replace(event.message, chatId),
      deleted: () => this.#remove(event.message_ids ?? [], chatId),
      draft: () => this.#draft(event, chatId),
      chat_action: () => this.#act(event, chatId),
      callback_answer: () => this.#answered(event),
      reaction: () => this.#react(event, chatId),
      chat: () => this.refresh(),
      commands: () => this.refresh(),
    };
    takers[event.event]?.();
    this.changed();
  }

  async refresh() {
    const state = await api.readState().catch(() => null); // without a server the next connection asks again
    if (state) this.#adopt(state);
    this.changed();
  }

  add(message, chatId = message.chat.id) {
    const entry = this.chats.get(chatId);
    if (!entry) return void this.refresh();
    if (!entry.last || message.message_id >= entry.last.message_id) entry.last = message;
    const history = this.histories.get(chatId);
    message.arrived = performance.now();
    if (history && !history.messages.some((one) => one.message_id === message.message_id)) {
      history.messages = [...history.messages, message].sort((a, b) => a.message_id - b.message_id);
      this.#count(chatId, message);
    } else if (!history) {
      this.#count(chatId, message);
    }
    if (this.activity.get(chatId)?.userId === message.from?.id) this.#rest(chatId);
    if (message.from?.is_bot) this.drafts.delete(chatId);
    this.changed();
  }

  #count(chatId, message) {
    const entry = this.chats.get(chatId);
    for (const { user } of this.people) {
      if (!this.#sees(user.id, entry) || message.from?.id === user.id || this.#isLooking(user.id, chatId)) continue;
      const key = pair(user.id, chatId);
      this.unread.set(key, (this.unread.get(key) ?? 0) + 1);
    }
  }

  #replace(message, chatId) {
    const history = this.histories.get(chatId);
    if (history) history.messages = history.messages.map((one) => (one.message_id === message.message_id ? message : one));
    const entry = this.chats.get(chatId);
    if (entry?.last?.message_id === message.message_id) entry.last = message;
  }

  #remove(ids, chatId) {
    const history = this.histories.get(chatId);
    if (history) history.messages = history.messages.filter((one) => !ids.includes(one.message_id));
    const entry = this.chats.get(chatId);
    if (entry && ids.includes(entry.last?.message_id)) entry.last = history?.messages.at(-1) ?? null;
  }

  #draft({ draft_id, text, entities }, chatId) {
    const chat = this.chats.get(chatId)?.chat;
    const draft = { message_id: `draft-${draft_id}`, from: this.bot, chat, date: Math.floor(Date.now() / 1000), text, entities };
    if (chat && text) this.drafts.set(chatId, draft); else this.drafts.delete(chatId);
  }

  #act(event, chatId) {
    this.#rest(chatId);
    const timer = setTimeout(() => { this.activity.delete(chatId); this.changed(); }, ACTIVITY_MS);
    this.activity.set(chatId, { userId: event.user_id ?? this.bot?.id, action: event.action, timer });
  }

  #rest(chatId) {
    clearTimeout(this.activity.get(chatId)?.timer);
    this.activity.delete(chatId);
  }

  #adoptReactions(chatId, page, reactions) {
    for (const { message_id } of page) {
      const key = pair(chatId, message_id);
      const before = this.reactions.get(key);
      if (before || reactions?.[message_id]) this.reactions.set(key, new Map());
      for (const given of reactions?.[message_id] ?? []) this.#react({ ...given, message_id }, chatId);
    }
  }

  #react(event, chatId) {
    const key = pair(chatId, event.message_id ?? event.message_ids?.[0]);
    const given = (event.reactions ?? []).map((one) => one.emoji ?? "⭐");
    const all = new Map(this.reactions.get(key));
    if (given.length) all.set(event.user_id, given); else all.delete(event.user_id);
    this.reactions.set(key, all);
  }

  // ---- inline buttons

  async press(chatId, messageId, data) {
    const key = pair(chatId, messageId, data);
    if (this.waiting.has(key)) return;
    this.waiting.set(key, setTimeout(() => this.#release(key, true), ANSWER_MS));
    this.changed();
    try {
      const { callback_query_id } = await api.pressButton(chatId, this.speakerId, messageId, data);
      if (this.waiting.has(key) && this.earlyAnswers.delete(callback_query_id)) this.#release(key);
      else this.callbacks.set(callback_query_id, key);
    } catch (failure) {
      this.#release(key);
      throw failure;
    }
  }

  earlyAnswers = new Set(); // answers that overtook the reply to the press

  #answered(event) {
    const key = this.callbacks.get(event.callback_query_id);
    if (key) this.#release(key); else this.earlyAnswers.add(event.callback_query_id);
    this.callbacks.delete(event.callback_query_id);
    if (event.user_id === this.speakerId) this.dispatchEvent(new CustomEvent("answer", { detail: event }));
  }

  #release(key, unanswered = false) {
    clearTimeout(this.waiting.get(key));
    if (this.waiting.delete(key) && unanswered) this.dispatchEvent(new CustomEvent("answer", { detail: { unanswered } }));
    this.changed();
  }
}
