// @ts-check
// The connection form in the browser. anywidget loads this file as it is; there is no build step.
//
// What is typed stays in the inputs until a button is pressed, leaves the page only sealed
// (`seal`), and is wiped when the form is over. The kernel answers each press by messages.

import { h, hostOf } from "./dom.js";
import { Saying } from "./saying.js";
import { seal } from "./seal.js";

/** @typedef {import("./messages").About} About */
/** @typedef {import("./messages").Answer} Answer */
/** @typedef {import("./messages").Model} Model */
/** @typedef {import("./messages").Terms} Terms */
/** @typedef {import("./messages").TypeSpec} TypeSpec */

const BUSY_AFTER_MS = 3000;
const GONE_AFTER_MS = 5000;
const TYPING_WINDOW_MS = 1500;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NAME_RULE = "Letters, digits, “.”, “_” and “-”, up to 64; the first is a letter or digit.";
let forms = 0;

export default {
  /** @param {{model: Model, el: HTMLElement}} context */
  render({ model, el }) {
    const form = new Form(model, el);
    return () => form.dispose();
  },
};

/** One view of the form. */
class Form extends Saying {
  /**
   * @param {Model} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    super(model.get("about"), `pfc-${++forms}-${Math.random().toString(36).slice(2, 8)}`);
    this.model = model;
    /** @type {Terms} */
    this.terms = { public_key: model.get("public_key"), nonce: model.get("nonce"), aad: model.get("aad") };
    this.shownAt = Date.now();
    this.lastTyping = 0;
    this.onTyping = () => void (this.lastTyping = Date.now());
    /** @type {TypeSpec | null} */
    this.spec = this.about.types.length === 1 ? this.about.types[0] : null;
    /** @type {{press: string, action: string, acknowledged: boolean, retried: boolean} | null} */
    this.pressed = null;
    this.timer = 0;

    this.el = el;
    // The line for front ends without this widget is hidden while this view lives, and is
    // still in the saved notebook, for whoever opens that without a kernel.
    const line = CSS.escape(this.about.line);
    const hide = h("style", {}, `.${line},.jp-OutputArea-child:has(.${line}),.output_area:has(.${line}){display:none!important}`);
    this.shell = h("div", { class: "pfc", "data-lm-suppress-shortcuts": "true" }, hide, this.root);
    this.listen();
    el.append(this.shell);
    if (this.about.ended) this.end(this.about.ended);
    else if (globalThis.crypto?.subtle) this.draw();
    else this.drawRefusal();
    this.onMessage = (/** @type {Answer} */ message) => this.receive(message);
    model.on("msg:custom", this.onMessage);
    try {
      model.send({ kind: "ready" });
    } catch {
      // Restored without a kernel: nobody answers, and that is said below.
    }
    this.silence = window.setTimeout(() => {
      const old = "or this form is from an earlier session: then run the cell again.";
      if (!this.about.ended) this.say("open", "No answer from the kernel yet.", [`It is busy with another cell, ${old}`]);
    }, BUSY_AFTER_MS);
  }

  dispose() {
    this.wipe();
    clearInterval(this.timer);
    clearTimeout(this.silence);
    document.removeEventListener("keydown", this.onTyping, true);
    this.model.off("msg:custom", this.onMessage);
    this.shell.remove();
  }

  /** Forget what was typed. */
  wipe() {
    for (const input of this.root.querySelectorAll("input")) input.value = "";
    this.root.replaceChildren();
    this.fields = [];
    this.rows = [];
  }

  /** Keep the keyboard to the form: the notebook's shortcuts must not fire while a key is typed. */
  listen() {
    document.addEventListener("keydown", this.onTyping, true);
    for (const type of ["keydown", "keypress", "keyup", "cut", "copy", "paste", "contextmenu"]) {
      this.shell.addEventListener(type, (event) => event.stopPropagation());
    }
    this.root.addEventListener("submit", (event) => event.preventDefault());
    this.root.addEventListener("keydown", (event) => {
      const command = event.ctrlKey || event.metaKey;
      if (command && event.key === "Enter") {
        event.preventDefault();
        this.press("save");
      } else if (command && event.key.toLowerCase() === "s") {
        event.preventDefault(); // else the browser would save the page
      } else if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
        event.preventDefault(); // Enter never sends a key by accident
      }
    });
    this.root.addEventListener("input", (event) => this.changed(event));
    this.root.addEventListener("change", () => this.refresh());
  }

  // --- drawing ---------------------------------------------------------------------------

  draw() {
    this.fields = [];
    this.rows = [];
    this.root.replaceChildren(...(this.spec ? this.drawForm(this.spec) : this.drawPicker()));
    this.refresh();
  }

  drawRefusal() {
    const what = this.spec ? this.spec.title : "New connection";
    const box = this.box("no", "Not on this page.", [
      "The page did not come over https, so the browser cannot seal what you type, and this form asks for nothing. ",
      "Use ", h("code", {}, this.about.command), " instead; but beware: whoever can read the traffic between browser and server can then read the key.",
    ]);
    this.root.replaceChildren(this.header(what, this.spec?.badge ?? ""), h("div", { class: "pfc-body" }, box));
  }

  drawPicker() {
    const cards = this.about.types.map((spec) =>
      h("button", { type: "button", class: "pfc-card", onclick: () => this.pick(spec) },
        h("span", { class: "pfc-badge", "aria-hidden": "true" }, spec.badge),
        h("span", { class: "pfc-card-text" }, h("b", {}, spec.label), h("span", { class: "pfc-muted" }, spec.summary))),
    );
    return [
      this.header("New connection: to which service?", ""),
      h("div", { class: "pfc-body" }, h("div", { class: "pfc-cards" }, ...cards)),
      h("footer", { class: "pfc-foot" }, this.cancelButton()),
    ];
  }

  /** @param {TypeSpec | null} spec */
  pick(spec) {
    if (this.nameInput) this.typedName = this.nameInput.value;
    this.spec = spec;
    this.draw();
    this.focusFirstEmpty();
  }

  /**
   * @param {string} title
   * @param {string} badge
   */
  header(title, badge) {
    return h("header", { class: "pfc-head" },
      badge ? h("span", { class: "pfc-badge", "aria-hidden": "true" }, badge) : null,
      h("div", { class: "pfc-title", id: `${this.id}-title`, role: "heading", "aria-level": "3" }, title),
      h("span", { class: "pfc-chip", title: "Where it is kept" }, this.about.store));
  }

  /** @param {TypeSpec} spec */
  drawForm(spec) {
    const create = this.about.verb === "create";
    const asked = spec.questions.map((q) => this.field(spec, q));
    const advanced = asked.filter((f) => f.question.advanced).map((f) => f.node);
    const expires = this.about.verb === "rotate" ? null : this.expiry();
    this.summary = h("summary", {});
    this.details = h("details", { class: "pfc-details" }, this.summary, h("div", { class: "pfc-body" }, ...advanced, expires));
    this.status = h("div", { class: "pfc-status", role: "status", "aria-live": "polite" });
    this.saveButton = h("button", { type: "button", class: "pfc-button pfc-primary", title: "Ctrl+Enter", onclick: () => this.press("save") });
    this.testButton = h("button", { type: "button", class: "pfc-button", onclick: () => this.press("test") }, "Test");
    this.promise = h("span", { class: "pfc-muted pfc-promise" });
    this.warning = h("div", { class: "pfc-muted" });
    const another = this.about.types.length > 1
      ? h("button", { type: "button", class: "pfc-link pfc-back", onclick: () => this.pick(null) }, "Another service")
      : null;
    return [
      this.header(spec.title, spec.badge),
      h("div", { class: "pfc-body" },
        this.nameField(create, spec),
        ...asked.filter((f) => !f.question.advanced).map((f) => f.node),
        this.scopeField(),
        this.about.verb === "rotate" ? null : this.details,
        this.about.verb === "rotate" ? this.warning : null),
      this.status,
      h("footer", { class: "pfc-foot" }, this.saveButton, this.testButton, this.promise, another, this.cancelButton()),
    ];
  }

  cancelButton() {
    return h("button", { type: "button", class: "pfc-button pfc-quiet", onclick: () => this.cancel() }, "Cancel");
  }

  // --- while it is filled in -------------------------------------------------------------

  /** @param {Event} event */
  changed(event) {
    const row = event.target instanceof Element ? event.target.closest(".pfc-row, .pfc-custom") : null;
    if (row) this.clearProblem(row);
    if (event.target instanceof Element) {
      const outer = event.target.closest(".pfc-row");
      if (outer) this.clearProblem(outer);
    }
    // While typing, not on leaving the field: a line that appears under a click makes it miss.
    const name = this.nameInput?.value.trim() ?? "";
    if (event.target === this.nameInput && name && !NAME.test(name)) {
      this.showProblem({ field: "name", text: NAME_RULE, hint: "", suggestion: "" });
    }
    this.refresh();
  }

  /** Show the fields whose condition holds, the defaults in Advanced, and where Test goes. */
  refresh() {
    if (!this.spec || !this.testButton || !this.promise || !this.summary) return;
    const answers = this.answers();
    for (const { question, node } of this.fields) {
      // A condition on a field that is not asked (rotate) holds.
      node.hidden = question.when !== null && (answers[question.when[0]] ?? question.when[1]) !== question.when[1];
    }
    const parts = this.fields.filter((f) => f.question.advanced && !f.node.hidden).map((f) => [f.question.title, f.value()]);
    parts.push(["Expires", this.expiresInput?.value ?? ""]);
    const said = parts.map(([title, value], i) => {
      if (title === "Expires") return value ? `expires ${value}` : "expiry";
      const word = i > 0 && /^[A-Z][a-z]/.test(title) ? title[0].toLowerCase() + title.slice(1) : title;
      return value ? `${word} ${value}` : word;
    });
    this.summary.textContent = `Advanced: ${said.join(", ")}`;
    const host = this.host();
    this.testButton.hidden = host === null;
    this.canTest = host !== null;
    const lacks = this.spec.has_test ? "Without a test_url" : "This type has no test:";
    const first = this.canTest ? "The new key is tested before it replaces the stored one." : `${lacks} it is not tested before it replaces the stored one.`;
    if (this.warning) this.warning.textContent = `${first} The old key still works at the service until it is revoked there.`;
    const spares = this.spec.spares ? ` and ${this.spec.spares}` : "";
    this.promise.textContent = host === null ? (this.spec.has_test ? "Without a test_url there is nothing to test." : "This type has no test.") : `Test sends one request to ${host}${spares}.`;
    this.labelButtons();
  }

  answers() {
    return Object.fromEntries(this.fields.map((f) => [f.question.field, f.value()]));
  }

  /** The host that Test sends to: what is typed, or the type's own; null if there is none. */
  host() {
    const spec = /** @type {TypeSpec} */ (this.spec);
    if (!spec.has_test) return null;
    if (this.rows.length) {
      const row = this.rows.find((r) => r.key.value.trim() === "test_url");
      const address = row?.value.value || spec.address;
      return address ? hostOf(address) || "test_url" : null;
    }
    const field = this.fields.find((f) => f.question.field === spec.endpoint);
    const typed = field ? field.value() || (field.question.required ? "" : field.question.placeholder) : spec.address;
    return hostOf(typed) || (spec.endpoint ? "the endpoint" : "the service");
  }

  focusFirstEmpty() {
    if (!this.spec) return this.root.querySelector("button")?.focus();
    if (this.nameInput && !this.nameInput.value) return this.nameInput.focus();
    const open = this.fields.find((f) => !f.node.hidden && !f.question.advanced && !f.value() && !f.question.given && !(f.question.kept && this.about.verb === "update"));
    (open ?? this.fields[0])?.focus();
  }

  // --- pressing and being answered -------------------------------------------------------

  /** @param {"test" | "save"} action */
  async press(action) {
    if (this.pressed || !this.spec || (action === "test" && this.testButton?.hidden)) return;
    this.clearProblems();
    await this.send(action, false);
  }

  /**
   * @param {string} action
   * @param {boolean} retried
   */
  async send(action, retried) {
    if (!this.spec) return;
    const press = Math.random().toString(36).slice(2);
    this.pressed = { press, action, acknowledged: false, retried };
    this.labelButtons();
    const shown = this.fields.filter((f) => !f.node.hidden);
    const content = {
      action,
      type: this.spec.type,
      name: this.nameInput?.value ?? this.about.name,
      scope: /** @type {HTMLInputElement | null} */ (this.root.querySelector(`input[name="${this.id}-scope"]:checked`))?.value ?? this.about.scope.chosen,
      expires: this.expiresInput?.value ?? "",
      fields: Object.fromEntries(shown.map((f) => [f.question.field, f.value()])),
      rows: this.rows.map((r) => ({ key: r.key.value, value: r.value.value, secret: r.secret.checked })),
    };
    /** @type {object} */
    let sealed;
    try {
      sealed = await seal(this.terms, content);
    } catch (error) {
      this.release();
      return this.say("no", "Not sent.", [`The browser could not seal it (${error instanceof Error ? error.name : "error"}). Use ${this.about.command}`]);
    }
    try {
      this.model.send({ kind: "sealed", press, ...sealed });
    } catch {
      return this.sayGone(); // a front end refuses to send to a kernel that was restarted
    }
    const sentAt = Date.now();
    clearInterval(this.timer);
    this.timer = window.setInterval(() => this.watch(press, sentAt), 500);
  }

  /**
   * Tell why nothing comes back.
   * @param {string} press
   * @param {number} sentAt
   */
  watch(press, sentAt) {
    if (this.pressed?.press !== press) return clearInterval(this.timer);
    const waited = Date.now() - sentAt;
    if (this.pressed.acknowledged ? this.kernelIsGone() : waited > GONE_AFTER_MS && this.kernelIsGone(true)) {
      this.sayGone();
    } else if (!this.pressed.acknowledged && waited > BUSY_AFTER_MS && !this.toldBusy) {
      this.toldBusy = true;
      const what = this.pressed.action === "save" ? "Saving" : "The test";
      this.say("open", "The kernel is busy", [`with another cell, or gone. ${what} goes on as soon as that cell has ended; you can wait, or cancel.`]);
    }
  }

  sayGone() {
    this.release();
    this.say("no", "The kernel is gone", ["or was restarted, and this form with it. Run the cell again; what you typed is still here to be copied."]);
  }

  /**
   * Tell whether nobody will answer any more, as far as the front end lets one see.
   * @param {boolean} [silent] nothing came back for a while: then an idle kernel is another one
   */
  kernelIsGone(silent = false) {
    const kernel = this.model.widget_manager?.kernel;
    const states = ["dead", "terminating", "restarting", "autorestarting", ...(silent ? ["idle"] : [])];
    return Boolean(kernel && (kernel.isDisposed || states.includes(kernel.status)));
  }

  release() {
    this.pressed = null;
    this.toldBusy = false;
    clearInterval(this.timer);
    this.labelButtons();
  }

  labelButtons() {
    if (!this.saveButton || !this.testButton) return;
    const action = this.pressed?.action;
    const rotate = this.about.verb === "rotate";
    this.saveButton.textContent = action === "save" ? (rotate ? "Replacing…" : "Saving…") : rotate ? (this.canTest ? "Test and replace" : "Replace") : "Save";
    this.testButton.textContent = action === "test" ? "Testing…" : "Test";
    for (const button of [this.saveButton, this.testButton]) button.setAttribute("aria-disabled", String(Boolean(action)));
    this.root.classList.toggle("pfc-busy", Boolean(action));
  }

  cancel() {
    this.wipe();
    this.root.append(h("div", { class: "pfc-body pfc-muted" }, "Cancelled."));
    try {
      this.model.send({ kind: "cancel" });
    } catch {
      // The kernel is gone, and what it knew of this form with it.
    }
  }

  /**
   * Forget everything; `line` is shown here where the output cannot be replaced.
   * @param {string} line
   */
  end(line) {
    this.release();
    this.wipe();
    this.root.replaceWith(line ? h("div", { class: "pfc-line" }, line) : "");
  }

  /** @param {Answer} message */
  receive(message) {
    if (message.terms) this.terms = message.terms;
    if (message.kind === "done") return this.end(message.text ?? "");
    if (message.kind === "welcome") {
      clearTimeout(this.silence);
      if (Date.now() - this.shownAt > BUSY_AFTER_MS && !this.pressed) this.say("", "", []);
      // Only just after the cell ran, and only if nobody is typing elsewhere by now.
      if (message.fresh && Date.now() - this.shownAt < TYPING_WINDOW_MS && this.lastTyping <= this.shownAt) this.focusFirstEmpty();
      return;
    }
    if (!this.pressed || message.press !== this.pressed.press) return;
    if (message.kind === "working") {
      this.pressed.acknowledged = true;
      if (this.toldBusy) this.say("", "", []);
      return;
    }
    const { action, retried } = this.pressed;
    this.release();
    if (message.kind === "again" && !retried) return void this.send(action, true);
    if (message.kind === "outcome") return this.showOutcome(message);
    if (message.kind === "problems") return this.showProblems(message.problems ?? [], message.notes ?? []);
    this.say("no", message.text ?? "", [message.hint ?? ""]);
  }
}
