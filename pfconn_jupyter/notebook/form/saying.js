// @ts-check
// Says how it went: beside a field where there is one, else in the box above the buttons.

import { h, icon } from "./dom.js";
import { Fields } from "./fields.js";

/** @typedef {import("./messages").Answer} Answer */
/** @typedef {import("./messages").Problem} Problem */

/** Fields with a place for what is wrong with them, and a box for the rest. */
export class Saying extends Fields {
  root = h("form", { class: "pfc-form", novalidate: true, autocomplete: "off", "aria-labelledby": `${this.id}-title` });
  /** @type {HTMLElement | undefined} */
  status = undefined;
  /** @type {HTMLDetailsElement | undefined} */
  details = undefined;

  /**
   * @param {string} tone
   * @param {string} title
   * @param {(Node | string)[]} rest
   * @param {string[]} [notes]
   */
  box(tone, title, rest, notes = []) {
    return h("div", { class: `pfc-box pfc-${tone}` }, icon(tone === "ok" ? "good" : tone === "no" ? "bad" : "open"),
      h("div", {}, h("b", {}, title), " ", ...rest, ...notes.map((n) => h("div", { class: "pfc-note" }, `Note: ${n}`))));
  }

  /**
   * @param {string} tone
   * @param {string} title
   * @param {(Node | string)[]} rest
   * @param {string[]} [notes]
   */
  say(tone, title, rest, notes) {
    this.status?.replaceChildren(...(tone ? [this.box(tone, title, rest, notes)] : []));
  }

  /** @param {Answer} outcome */
  showOutcome(outcome) {
    const took = outcome.ms ? `in ${Math.round(outcome.ms)} ms. ` : "";
    const kept = this.about.verb === "rotate" && outcome.tone === "no" ? " The stored key stays." : "";
    this.say(outcome.tone ?? "no", took ? (outcome.word ?? "") : `${outcome.word}.`, [took, outcome.text ?? "", " ", outcome.hint ?? "", kept], outcome.notes);
  }

  /**
   * @param {Problem[]} problems
   * @param {string[]} notes
   */
  showProblems(problems, notes) {
    const places = problems.map((p) => ({ problem: p, focus: this.showProblem(p) }));
    const homeless = places.filter((p) => !p.focus).map((p) => p.problem);
    const count = problems.length - homeless.length;
    const words = homeless.map((p) => `${p.text} ${p.hint}`.trim()).join(" ");
    this.say("no", "Not yet.", [words || (count === 1 ? "One field needs another look." : `${count} fields need another look.`)], notes);
    places.find((p) => p.focus)?.focus?.();
  }

  /**
   * Show a problem beside its field; returns how to focus that, or null if there is no such field.
   * @param {Problem} problem
   * @returns {(() => void) | null}
   */
  showProblem(problem) {
    const row = this.rows.find((r) => r.key.value.trim() === problem.field && problem.field);
    const place = row ? row.node : this.root.querySelector(`[data-field="${CSS.escape(problem.field)}"]`);
    const error = place?.querySelector(".pfc-error");
    if (!place || !error || (place instanceof HTMLElement && place.hidden)) return null;
    const field = this.fields.find((f) => f.question.field === problem.field);
    const input = row ? row.value : place.querySelector("input");
    const useThat = problem.suggestion && (field?.set || problem.field === "name")
      ? h("button", { type: "button", class: "pfc-link", onclick: () => {
          if (input) input.value = problem.suggestion;
          this.clearProblem(place);
          this.refresh();
          input?.focus();
        } }, "Use that")
      : null;
    error.replaceChildren(icon("bad"), h("span", {}, problem.text, " ", problem.hint, " ", useThat));
    place.classList.add("pfc-bad");
    input?.setAttribute("aria-invalid", "true");
    if (this.details && this.details.contains(place)) this.details.open = true;
    return () => input?.focus();
  }

  /** @param {Element} place */
  clearProblem(place) {
    place.classList.remove("pfc-bad");
    place.querySelector(":scope > .pfc-error, :scope > .pfc-control > .pfc-error")?.replaceChildren();
    for (const input of place.querySelectorAll("input")) input.removeAttribute("aria-invalid");
  }

  clearProblems() {
    this.say("", "", []);
    for (const place of this.root.querySelectorAll(".pfc-bad")) this.clearProblem(place);
  }
}
