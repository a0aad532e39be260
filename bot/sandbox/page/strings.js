/* All words of the interface in both languages, and how dates, times and sizes are written in them. */

const STRINGS = {
  zh: {
    app: "运营助手",
    locale: "zh-CN",
    switchLanguage: "EN",
    switchLanguageLabel: "Switch to English",
    chats: "会话",
    footnote: "本机沙盒：消息只在这台机器上，不会发到 Telegram",
    pickChat: "选一个会话开始",
    loading: "正在连接…",
    speakAs: "发言身份",
    speaksAs: "以 {name}（{role}）的身份发言",
    operator: "运营", manager: "主管", admin: "管理员", newcomer: "新人",
    back: "返回会话列表",
    members: "{count} 位成员",
    privateBot: "机器人",
    typing: "{name} 正在输入…",
    sendingPhoto: "{name} 正在发送图片…",
    sendingFile: "{name} 正在发送文件…",
    messages: "消息",
    noMessages: "还没有消息，问点什么吧",
    begin: "开始",
    olderLoading: "正在加载更早的消息…",
    toBottom: "回到最新消息",
    toBottomNew: "回到最新消息，{count} 条新消息",
    unread: "{count} 条未读",
    today: "今天", yesterday: "昨天",
    you: "你", says: "{name}：",
    edited: "已编辑",
    photo: "图片", album: "{count} 张图片", file: "文件", unsupported: "暂不支持显示的消息",
    openPhoto: "放大图片：{name}", download: "下载", downloadFile: "下载 {name}", close: "关闭",
    spoiler: "显示隐藏的文字", expand: "展开", collapse: "收起",
    replyTo: "回复 {name}", jumpTo: "跳到被回复的消息：{name}", cancelReply: "取消回复",
    replyGone: "那条消息太早了，找不到",
    actions: "消息操作", reply: "回复", react: "表态", copy: "复制文字", copied: "已复制",
    reactWith: "用 {emoji} 表态", reactions: "{emoji}，{names}",
    linkButton: "{text}（打开链接）",
    noAnswer: "助手没有回应，请稍后再试",
    ok: "好",
    composer: "消息", placeholder: "输入消息", placeholderGroup: "输入消息，@助手 提问",
    send: "发送", attach: "添加文件", removeFile: "移除文件 {name}", caption: "给文件加一句说明（可不填）",
    mentionChip: "@{name}", mentionChipTitle: "群里只有 @助手、回复它或用命令，它才听得到",
    commands: "命令", mentions: "提到",
    enterHint: "Enter 发送 · Shift+Enter 换行",
    count: "{units} / {most} 字", tooLong: "太长了：{units} / {most} 字",
    offline: "与沙盒的连接断开了，正在重新连接…",
    online: "已重新连接",
    notSent: "没有发出：{reason}", noServer: "沙盒没有响应",
    dropHere: "松开以添加文件",
    hintsTitle: "试着问问看", hintsText: "点一句，它会填进输入框", hintsClose: "不再显示", hintsOpen: "示例问题",
    joined: "{name} 加入了群组", left: "{name} 离开了群组", created: "群组已创建", renamed: "群名改为“{title}”",
    pinned: "{name} 置顶了一条消息", service: "群组有变动",
    messageLabel: "{name}，{time}",
  },
  en: {
    app: "Ops assistant",
    locale: "en-GB",
    switchLanguage: "中文",
    switchLanguageLabel: "切换到中文",
    chats: "Chats",
    footnote: "Local sandbox: messages stay on this machine and never reach Telegram",
    pickChat: "Pick a chat to begin",
    loading: "Connecting…",
    speakAs: "Speak as",
    speaksAs: "Speaking as {name} ({role})",
    operator: "Operator", manager: "Manager", admin: "Admin", newcomer: "Newcomer",
    back: "Back to the chats",
    members: "{count} members",
    privateBot: "bot",
    typing: "{name} is typing…",
    sendingPhoto: "{name} is sending a photo…",
    sendingFile: "{name} is sending a file…",
    messages: "Messages",
    noMessages: "No messages yet. Ask something",
    begin: "Start",
    olderLoading: "Loading earlier messages…",
    toBottom: "To the latest message",
    toBottomNew: "To the latest message, {count} new",
    unread: "{count} unread",
    today: "Today", yesterday: "Yesterday",
    you: "You", says: "{name}: ",
    edited: "edited",
    photo: "Photo", album: "{count} photos", file: "File", unsupported: "A message that cannot be shown here",
    openPhoto: "Enlarge the picture: {name}", download: "Download", downloadFile: "Download {name}", close: "Close",
    spoiler: "Show the hidden text", expand: "Show all", collapse: "Show less",
    replyTo: "Reply to {name}", jumpTo: "Go to the message replied to: {name}", cancelReply: "Cancel the reply",
    replyGone: "That message is too far back",
    actions: "Message actions", reply: "Reply", react: "React", copy: "Copy text", copied: "Copied",
    reactWith: "React with {emoji}", reactions: "{emoji}, {names}",
    linkButton: "{text} (opens a link)",
    noAnswer: "The assistant did not answer, please try again",
    ok: "OK",
    composer: "Message", placeholder: "Write a message", placeholderGroup: "Write a message, @mention the bot to ask",
    send: "Send", attach: "Attach a file", removeFile: "Remove the file {name}", caption: "Add a caption (optional)",
    mentionChip: "@{name}", mentionChipTitle: "In a group the assistant hears mentions, replies and commands only",
    commands: "Commands", mentions: "Mention",
    enterHint: "Enter sends · Shift+Enter for a new line",
    count: "{units} / {most} characters", tooLong: "Too long: {units} / {most} characters",
    offline: "Lost the sandbox, reconnecting…",
    online: "Connected again",
    notSent: "Not sent: {reason}", noServer: "the sandbox does not respond",
    dropHere: "Drop to attach",
    hintsTitle: "Try asking", hintsText: "A click puts it into the message box", hintsClose: "Don't show again", hintsOpen: "Example questions",
    joined: "{name} joined the group", left: "{name} left the group", created: "Group created", renamed: "The group is now “{title}”",
    pinned: "{name} pinned a message", service: "The group has changed",
    messageLabel: "{name}, {time}",
  },
};

/* Questions for a first visit; they are the same in both languages because the demo shop speaks Chinese. */
export const EXAMPLES = [
  "上周母婴转化率怎么样",
  "母婴大促转化率怎么提升",
  "家电有什么战法",
  "快手2023年第三季度净利润",
];

const KEPT = "sandbox.language";

/* A browser may forbid storage; the page then simply forgets. */
export const memory = {
  read(key) {
    try { return localStorage.getItem(key); } catch { return null; }
  },
  write(key, value) {
    try { localStorage.setItem(key, value); } catch { /* forgetting is fine */ }
  },
};

let current = memory.read(KEPT) === "en" ? "en" : "zh";

export const language = () => current;

export function setLanguage(name) {
  current = name in STRINGS ? name : "zh";
  memory.write(KEPT, current);
}

export function t(key, values = {}) {
  return STRINGS[current][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

const asDate = (seconds) => new Date(seconds * 1000);
const dayOf = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
export const dayKey = (seconds) => dayOf(asDate(seconds));

export function clock(seconds) {
  return asDate(seconds).toLocaleTimeString(t("locale"), { hour: "2-digit", minute: "2-digit", hour12: false });
}

export function day(seconds) {
  const date = asDate(seconds);
  const ago = Math.round((dayOf(new Date()) - dayOf(date)) / 86400000);
  if (ago === 0) return t("today");
  if (ago === 1) return t("yesterday");
  const sameYear = date.getFullYear() === new Date().getFullYear();
  const form = { month: "long", day: "numeric", weekday: "short", ...(sameYear ? {} : { year: "numeric" }) };
  return date.toLocaleDateString(t("locale"), form);
}

/* What the chat list shows: the time today, else the day. */
export function shortDay(seconds) {
  const date = asDate(seconds);
  if (dayOf(date) === dayOf(new Date())) return clock(seconds);
  return date.toLocaleDateString(t("locale"), { month: "numeric", day: "numeric" });
}

export function moment(seconds) {
  return asDate(seconds).toLocaleString(t("locale"), { dateStyle: "long", timeStyle: "medium", hour12: false });
}

export const listed = (names) => new Intl.ListFormat(t("locale"), { type: "unit" }).format(names);

export function size(bytes) {
  if (!Number.isFinite(bytes)) return "";
  const units = ["B", "KB", "MB", "GB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1024)));
  return `${(bytes / 1024 ** step).toFixed(step ? 1 : 0)} ${units[step]}`;
}
