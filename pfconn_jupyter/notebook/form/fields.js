// @ts-check
// The form's fields: a label, a native control, what helps, and room for what is wrong.

import { h } from "./dom.js";

/** @typedef {import("./messages").About} About */
/** @typedef {import("./messages").Question} Question */
/** @typedef {import("./messages").RowSpec} RowSpec */
/** @typedef {import("./messages").TypeSpec} TypeSpec */
/** @typedef {{question: Question, node: HTMLElement, value: () => string, focus: () => void, set?: (value: string) => void}} Field */
/** @typedef {{node: HTMLElement, key: HTMLInputElement, value: HTMLInputElement, secret: HTMLInputElement, origin: string}} Row */

/** Draws fields and keeps them, so that `Form` can read them. */
export class Fields {
  /**
   * @param {About} about
   * @param {string} id begins the ids of all elements
   */
  constructor(about, id) {
    this.about = about;
    this.id = id;
    /** The name, kept while another service is chosen. */
    this.typedName = about.name;
    /** @type {Field[]} */
    this.fields = [];
    /** @type {Row[]} */
    this.rows = [];
    /** @type {HTMLInputElement | undefined} */
    this.nameInput = undefined;
    /** @type {HTMLInputElement | undefined} */
    this.expiresInput = undefined;
  }

  /** Called when a row came or went. */
  refresh() {}

  /**
   * A label, its control, what helps and what is wrong with it.
   * @param {string} field
   * @param {string} title
   * @param {HTMLElement} control
   * @param {{input?: HTMLElement, help?: (Node | string | null | false)[], group?: boolean}} [options]
   */
  line(field, title, control, { input, help = [], group = false } = {}) {
    const labelId = `${this.id}-${field}-label`;
    const helpNode = h("div", { class: "pfc-help", id: `${this.id}-${field}-help` }, ...(/** @type {Node[]} */ (help.filter(Boolean))));
    const error = h("div", { class: "pfc-error", id: `${this.id}-${field}-error` });
    if (input) {
      input.id = `${this.id}-${field}`;
      input.setAttribute("aria-describedby", `${this.id}-${field}-error ${this.id}-${field}-help`);
    }
    const label = group ? h("span", { class: "pfc-label", id: labelId }, title) : h("label", { class: "pfc-label", id: labelId, for: `${this.id}-${field}` }, title);
    if (group) control.setAttribute("aria-labelledby", labelId);
    return h("div", { class: "pfc-row", "data-field": field }, label, h("div", { class: "pfc-control" }, control, error, help.some(Boolean) ? helpNode : null));
  }

  /** @param {Record<string, any>} attributes */
  input(attributes) {
    return h("input", {
      type: "text", class: "pfc-input", autocomplete: "off", autocapitalize: "off", autocorrect: "off", spellcheck: "false",
      "data-1p-ignore": "true", "data-lpignore": "true", "data-bwignore": "true", "data-form-type": "other", ...attributes,
    });
  }

  /**
   * An input whose characters are dots. Not type=password where the browser can do without:
   * its password manager would fill in the server's own password, and offer to keep the key.
   * @param {Record<string, any>} attributes
   */
  secretInput(attributes) {
    const byStyle = CSS.supports("-webkit-text-security", "disc");
    const input = this.input({ ...attributes, type: byStyle ? "text" : "password" });
    input.classList.add("pfc-masked");
    return input;
  }

  /**
   * @param {HTMLInputElement} input
   * @param {boolean} masked
   */
  mask(input, masked) {
    input.classList.toggle("pfc-masked", masked);
    if (!CSS.supports("-webkit-text-security", "disc")) input.type = masked ? "password" : "text";
  }

  /**
   * @param {HTMLInputElement} input
   * @param {string} what
   */
  eye(input, what) {
    const button = h("button", { type: "button", class: "pfc-eye", "aria-pressed": "false", "aria-label": `Show ${what}` }, "Show");
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      this.mask(input, !shown);
      button.setAttribute("aria-pressed", String(shown));
      button.textContent = shown ? "Hide" : "Show";
    });
    return button;
  }

  /**
   * @param {boolean} create
   * @param {TypeSpec} spec
   */
  nameField(create, spec) {
    this.nameInput = undefined;
    if (!create) return this.line("name", "Name", h("div", { class: "pfc-static" }, this.about.name), { group: true });
    const input = this.input({ value: this.typedName, placeholder: `my_${spec.type}`, maxlength: 64 });
    this.nameInput = input;
    return this.line("name", "Name", input, { input });
  }

  scopeField() {
    const { choices, chosen } = this.about.scope;
    if (choices.length > 1) return this.line("scope", "Who can use it", this.segments("scope", choices, chosen), { group: true });
    return this.line("scope", "Who can use it", h("div", { class: "pfc-static" }, choices[0][1]), { group: true });
  }

  expiry() {
    const input = h("input", { type: "date", class: "pfc-input pfc-date", value: this.about.expires, autocomplete: "off" });
    this.expiresInput = input;
    return this.line("expires", "Expires", input, { input, help: ["Lists show the day; nothing is deleted then."] });
  }

  /**
   * @param {string} field
   * @param {string[][]} choices
   * @param {string} chosen
   */
  segments(field, choices, chosen) {
    return h("div", { class: "pfc-segments", role: "radiogroup" },
      ...choices.map(([value, label]) =>
        h("label", {}, h("input", { type: "radio", name: `${this.id}-${field}`, value, checked: value === chosen }), h("span", {}, label))));
  }

  /**
   * @param {TypeSpec} spec
   * @param {Question} question
   * @returns {Field}
   */
  field(spec, question) {
    const made = question.kind === "rows" ? this.rowsField(question)
      : question.kind === "choice" ? this.choiceField(question)
      : question.kind === "secret" ? this.secretField(question)
      : this.textField(spec, question);
    this.fields.push(made);
    return made;
  }

  /** @param {Question} question */
  help(question) {
    const link = question.where ? h("a", { href: question.where, target: "_blank", rel: "noopener noreferrer" }, question.where_title || question.where) : null;
    return question.help && link ? [`${question.help} `, link, ". "] : question.help ? [`${question.help} `] : link ? [link, ". "] : [];
  }

  /**
   * @param {TypeSpec} spec
   * @param {Question} question
   * @returns {Field}
   */
  textField(spec, question) {
    const address = question.field === spec.endpoint;
    const input = this.input({ value: question.value, placeholder: question.placeholder, inputmode: address ? "url" : "text" });
    const node = this.line(question.field, question.title, input, { input, help: this.help(question) });
    return { question, node, value: () => input.value, focus: () => input.focus(), set: (value) => (input.value = value) };
  }

  /** @param {Question} question @returns {Field} */
  choiceField(question) {
    const group = this.segments(question.field, question.choices, question.value);
    const node = this.line(question.field, question.title, group, { group: true, help: this.help(question) });
    const value = () => /** @type {HTMLInputElement | null} */ (group.querySelector("input:checked"))?.value ?? "";
    return { question, node, value, focus: () => group.querySelector("input")?.focus() };
  }

  /** @param {Question} question @returns {Field} */
  secretField(question) {
    const kept = question.kept && this.about.verb === "update";
    const placeholder = question.given ? "given on the line (from the environment)" : kept ? "stored; leave empty to keep it" : "";
    const input = this.secretInput({ placeholder });
    const control = h("div", { class: "pfc-with-eye" }, input, this.eye(input, question.title));
    const help = [...this.help(question), question.given && "Leave it empty to use the one given on the line. ", "Leaves this page only sealed for the kernel."];
    const node = this.line(question.field, question.title, control, { input, help });
    return { question, node, value: () => input.value, focus: () => input.focus() };
  }

  // --- a custom connection's rows --------------------------------------------------------

  /** @param {Question} question @returns {Field} */
  rowsField(question) {
    const list = h("div", { class: "pfc-rows" },
      h("div", { class: "pfc-rows-head", "aria-hidden": "true" }, h("span", {}, "Key"), h("span", {}, "Value"), h("span", {}, "Secret"), h("span", {})));
    const add = (/** @type {RowSpec} */ spec) => {
      const row = this.customRow(spec, () => add({ key: "", value: "", secret: true, origin: "" }).key.focus());
      this.rows.push(row);
      list.append(row.node);
      return row;
    };
    const rotate = this.about.verb === "rotate";
    for (const spec of question.rows) add(spec);
    if (!question.rows.length) add({ key: "", value: "", secret: true, origin: "" });
    const more = h("button", { type: "button", class: "pfc-link", onclick: () => { add({ key: "", value: "", secret: true, origin: "" }).key.focus(); this.refresh(); } }, "+ Add a key");
    const help = ["Secret values leave this page only sealed for the kernel. With a key ", h("code", {}, "test_url"), " it can be tested."];
    const node = this.line(question.field, question.title, h("div", { role: "group" }, list, rotate ? null : more), { group: true, help: rotate ? [] : help });
    const open = () => this.rows.find((r) => !r.key.value || (!r.value.value && (!r.origin || rotate)));
    const focus = () => {
      const row = open() ?? this.rows[0];
      (row?.key.value ? row.value : row?.key)?.focus();
    };
    return { question, node, value: () => (open() ? "" : "complete"), focus };
  }

  /**
   * @param {RowSpec} spec
   * @param {() => void} addAnother
   * @returns {Row}
   */
  customRow(spec, addAnother) {
    const hint = { stored: this.about.verb === "rotate" ? "the new value" : "stored; leave empty to keep it", given: "given on the line", "": "" }[spec.origin] ?? "";
    const n = this.rows.length + 1;
    const key = this.input({ value: spec.key, placeholder: n === 1 ? "api_key" : "key", "aria-label": `Key ${n}`, readonly: Boolean(spec.origin) });
    const value = this.secretInput({ value: spec.value, placeholder: hint || "value", "aria-label": `Value ${n}` });
    const secret = h("input", { type: "checkbox", checked: spec.secret, disabled: Boolean(spec.origin), "aria-label": `Value ${n} is secret` });
    const eye = this.eye(value, `value ${n}`);
    const remove = h("button", { type: "button", class: "pfc-remove", "aria-label": `Remove row ${n}`, title: "Remove" }, "×");
    const stays = this.about.verb === "rotate";
    const error = h("div", { class: "pfc-error" });
    const node = h("div", { class: "pfc-custom" }, key, h("div", { class: "pfc-with-eye" }, value, eye), h("label", { class: "pfc-check" }, secret), stays ? h("span", {}) : remove, error);
    /** @type {Row} */
    const row = { node, key, value, secret, origin: spec.origin };
    const look = () => {
      eye.hidden = !secret.checked;
      this.mask(value, secret.checked && eye.getAttribute("aria-pressed") !== "true");
    };
    secret.addEventListener("change", look);
    look();
    remove.addEventListener("click", () => {
      this.rows = this.rows.filter((r) => r !== row);
      value.value = "";
      node.remove();
      if (!this.rows.length) addAnother();
      this.rows.at(-1)?.key.focus();
      this.refresh();
    });
    key.addEventListener("keydown", (e) => e.key === "Enter" && !e.ctrlKey && !e.metaKey && value.focus());
    value.addEventListener("keydown", (e) => {
      if (e.key !== "Enter" || e.ctrlKey || e.metaKey || this.about.verb === "rotate") return;
      const next = this.rows[this.rows.indexOf(row) + 1];
      if (next) next.key.focus();
      else addAnother();
    });
    return row;
  }
}
