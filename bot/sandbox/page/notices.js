/* What appears above the page: toasts, alerts that wait for OK, and the enlarged picture. */

import { byId, el, icon, iconButton } from "./dom.js";
import { t } from "./strings.js";

const TOAST_MS = 4500;

export function toast(text) {
  const node = el("div", { class: "toast" }, text);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}

function dialog(attributes, ...children) {
  const node = el("dialog", attributes, ...children);
  node.addEventListener("close", () => node.remove());
  node.addEventListener("click", (event) => { if (event.target === node) node.close(); });
  document.body.append(node);
  node.showModal();
  return node;
}

export function alertDialog(text) {
  const ok = el("button", { type: "button", class: "primary" }, t("ok"));
  const words = el("p", { id: "alert-text" }, text);
  const node = dialog({ class: "alert", role: "alertdialog", "aria-labelledby": "alert-text" }, words, ok);
  ok.addEventListener("click", () => node.close());
  ok.focus();
}

export function enlarge(source, description) {
  const close = iconButton("close", t("close"), () => node.close());
  const save = el("a", {
    class: "plain round", href: source, download: "", "aria-label": t("download"), title: t("download"),
  }, icon("download"));
  const picture = el("img", { src: source, alt: description });
  const node = dialog({ class: "lightbox", "aria-label": description }, el("div", { class: "tools" }, save, close), picture);
  node.addEventListener("click", (event) => { if (event.target === picture) node.close(); });
}
