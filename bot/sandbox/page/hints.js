/* The panel of example questions on a first visit. */

import { byId, el, iconButton } from "./dom.js";
import { EXAMPLES, memory, t } from "./strings.js";

const CLOSED = "sandbox.hints.closed";

export class Hints {
  #box = byId("hints");
  #shown = memory.read(CLOSED) !== "yes";

  /* pick(text) puts an example into the composer. */
  constructor(pick) {
    this.pick = pick;
  }

  toggle() {
    if (this.#shown) this.close(); else this.#shown = true;
    this.draw();
  }

  close() {
    this.#shown = false;
    memory.write(CLOSED, "yes");
    this.draw();
  }

  draw() {
    this.#box.hidden = !this.#shown;
    byId("examples").setAttribute("aria-expanded", String(this.#shown));
    this.#box.setAttribute("aria-label", t("hintsTitle"));
    this.#box.replaceChildren(
      el("header", {}, el("h2", {}, t("hintsTitle")), el("span", {}, t("hintsText")), iconButton("close", t("hintsClose"), () => this.close())),
      el("div", { class: "examples" }, EXAMPLES.map((text) => el("button", { type: "button", on: { click: () => this.pick(text) } }, text))));
  }
}
