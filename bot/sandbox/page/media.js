/* Pictures, albums and files inside a bubble. */

import { fileUrl } from "./api.js";
import { el, icon } from "./dom.js";
import { enlarge } from "./notices.js";
import { size, t } from "./strings.js";

const LONGEST_SIDE = 1280;
const [SMALLEST_PX, WIDEST_PX, TALLEST_PX] = [140, 520, 460];
const ODD_KINDS = ["sticker", "animation", "video", "voice", "audio", "video_note", "location", "contact", "poll", "dice"];

const bySize = (photo) => [...photo].sort((a, b) => a.width * a.height - b.width * b.height);

function shownSize(photo) {
  const sizes = bySize(photo);
  return sizes.find((one) => Math.max(one.width, one.height) >= LONGEST_SIDE) ?? sizes.at(-1);
}

/* The place of the picture is reserved before it has loaded, so that the log does not jump. */
function picture(message, alone) {
  const shown = shownSize(message.photo);
  const full = fileUrl(bySize(message.photo).at(-1).file_id);
  const description = (message.caption ?? "").split("\n")[0].trim() || t("photo");
  const image = el("img", {
    src: fileUrl(shown.file_id), width: shown.width, height: shown.height, alt: description, decoding: "async",
  });
  const button = el("button", {
    type: "button", class: "picture", "aria-label": t("openPhoto", { name: description }), on: { click: () => enlarge(full, description) },
  }, image);
  if (alone) {
    const ratio = shown.width / shown.height;
    button.style.aspectRatio = String(ratio);
    button.style.width = `${Math.round(Math.min(Math.max(shown.width, SMALLEST_PX), WIDEST_PX, TALLEST_PX * ratio))}px`;
  }
  return button;
}

function documentCard({ document: file }) {
  const name = file.file_name || t("file");
  return el("a", {
    class: "document", href: fileUrl(file.file_id), download: name, "aria-label": t("downloadFile", { name }),
  }, el("span", { class: "document-icon" }, icon("file")),
  el("span", { class: "document-text" }, el("span", { class: "document-name" }, name),
    el("span", { class: "document-size" }, size(file.file_size))));
}

/* messages: one, or all of an album. */
export function media(messages) {
  const photos = messages.filter((message) => message.photo?.length);
  const files = messages.filter((message) => message.document);
  const nodes = [];
  if (photos.length === 1) nodes.push(picture(photos[0], true));
  if (photos.length > 1) nodes.push(el("div", { class: "album", data: { count: Math.min(photos.length, 4) } }, photos.map((one) => picture(one, false))));
  nodes.push(...files.map(documentCard));
  if (messages.some((message) => ODD_KINDS.some((kind) => message[kind]))) nodes.push(el("p", { class: "odd" }, t("unsupported")));
  return nodes;
}

/* What a list or a quote says of a message without words. */
export function kindOf(message) {
  if (message.photo?.length) return t("photo");
  if (message.document) return message.document.file_name || t("file");
  return ODD_KINDS.some((kind) => message[kind]) ? t("unsupported") : "";
}
